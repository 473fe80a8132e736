using Mesh.Supervision;

namespace Mesh.Catalog;

/// <summary>What runs while a catalog runs: its sources, the notifier, and the sweep of interests.</summary>
internal sealed class CatalogRun(CatalogCore core, SourceSink[] sinks) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stopping = new();
    private Task[] _running = [];
    private Task _notifying = Task.CompletedTask;
    private Task _keeping = Task.CompletedTask;
    private ITimer? _sweep;
    private Task? _stopped;
    private bool _started;

    public bool IsStarted => Volatile.Read(ref _started);

    public void Start()
    {
        lock (_lock)
        {
            if (_stopped is not null)
            {
                throw new InvalidOperationException("The catalog was stopped; make a new one.");
            }

            if (_started)
            {
                return;
            }

            _started = true;
            _notifying = Task.Run(core.Notices.RunAsync, CancellationToken.None);
            _keeping = core.State is { } state ? Task.Run(() => state.RunAsync(_stopping.Token), CancellationToken.None) : Task.CompletedTask;
            var period = core.Options.InterestExpiry / 4;
            _sweep = core.TimeProvider.CreateTimer(_ => Sweep(), null, period, period);
            var seed = new Random(core.Options.Seed ?? Environment.TickCount);
            _running = Array.ConvertAll(sinks, sink =>
            {
                var runner = new SourceRunner(sink, core, new Random(seed.Next()));
                return Task.Run(() => runner.RunAsync(_stopping.Token), CancellationToken.None);
            });
        }
    }

    public Task StopAsync()
    {
        lock (_lock)
        {
            return _stopped ??= StopOnceAsync();
        }
    }

    public ValueTask DisposeAsync() => new(StopAsync());

    /// <summary>Ends the interests that were not used.</summary>
    public void Sweep()
    {
        foreach (var service in core.Interest.Sweep())
        {
            foreach (var sink in sinks)
            {
                sink.ForgetAnswer(service);
            }
        }
    }

    private async Task StopOnceAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_running).ConfigureAwait(false);
        await _keeping.ConfigureAwait(false);
        core.State?.SaveAll();
        if (_sweep is { } sweep)
        {
            await sweep.DisposeAsync().ConfigureAwait(false);
        }

        core.Notices.Complete();
        await _notifying.ConfigureAwait(false);
        _stopping.Dispose();
    }
}
