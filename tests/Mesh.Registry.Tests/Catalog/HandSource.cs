namespace Mesh.Catalog;

/// <summary>A source that a test moves by hand: it says nothing by itself and ends when it is told to.</summary>
internal sealed class HandSource(string name = "hand", bool isOnDemand = false) : ICatalogSource
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _run = NewRun();
    private int _runs;
    private volatile ICatalogSink? _sink;

    public string Name => name;

    public bool IsOnDemand => isOnDemand;

    public ICatalogSink Sink => _sink ?? throw new InvalidOperationException($"{name} does not run.");

    /// <summary>How often it was started.</summary>
    public int Runs => Volatile.Read(ref _runs);

    /// <summary>Whether it goes on although it was cancelled.</summary>
    public bool IsDeaf { get; init; }

    public async Task RunAsync(ICatalogSink sink, CancellationToken cancellationToken)
    {
        Task run;
        lock (_lock)
        {
            if (_run.Task.IsCompleted)
            {
                _run = NewRun();
            }

            run = _run.Task;
            _sink = sink;
            _runs++;
        }

        await run.WaitAsync(IsDeaf ? CancellationToken.None : cancellationToken);
    }

    public void Fail(string message)
    {
        lock (_lock)
        {
            _run.SetException(new InvalidOperationException(message));
        }
    }

    public void End()
    {
        lock (_lock)
        {
            _run.SetResult();
        }
    }

    private static TaskCompletionSource NewRun() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
