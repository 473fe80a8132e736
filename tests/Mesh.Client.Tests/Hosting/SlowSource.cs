namespace Mesh.Hosting;

/// <summary>A source that cannot be reached until it is told to deliver.</summary>
/// <param name="failure">Why; <see langword="null"/> where it is only silent.</param>
internal sealed class SlowSource(string? failure) : ICatalogSource
{
    private readonly TaskCompletionSource<Action<ICatalogSink>> _delivery = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Name => "cluster gamma";

    public void Deliver(Action<ICatalogSink> what) => _delivery.SetResult(what);

    public async Task RunAsync(ICatalogSink sink, CancellationToken cancellationToken)
    {
        if (failure is not null)
        {
            sink.ReportFailure(failure);
        }

        var deliver = await _delivery.Task.WaitAsync(cancellationToken);
        sink.ReportFailure(null);
        deliver(sink);
        sink.MarkSynced();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
    }
}
