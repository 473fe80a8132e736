using Mesh.Sending;

namespace Mesh;

/// <summary>Steady requests from an app until it is stopped or disposed. Started by <see cref="FixtureApp.StartLoad"/>.</summary>
public sealed class FixtureLoad : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private readonly FixtureSender _sender;
    private readonly IReadOnlyList<string> _urls;
    private readonly TimeSpan _pause;
    private readonly Task _running;
    private List<SendResult> _results = [];
    private long _sent;
    private long _failed;
    private int _next = -1;

    internal FixtureLoad(FixtureSender sender, IReadOnlyList<string> urls, int workers, TimeSpan pause)
    {
        (_sender, _urls, _pause) = (sender, urls, pause);
        _running = Task.WhenAll(Enumerable.Range(0, workers).Select(_ => WorkAsync()));
    }

    /// <summary>How many requests were answered or failed so far.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>How many of them failed.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>What became of the requests that ended since the last call.</summary>
    public SendResults Take()
    {
        lock (_lock)
        {
            var taken = _results;
            _results = [];
            return new SendResults(taken);
        }
    }

    /// <summary>Waits until this many more requests than now have ended.</summary>
    public async Task WaitForAsync(int more, CancellationToken cancellationToken = default)
    {
        var until = Sent + more;
        while (Sent < until) await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends no more, and waits for those under way.</summary>
    /// <returns>What became of the requests since <see cref="Take"/> was called last.</returns>
    public async Task<SendResults> StopAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        return Take();
    }

    /// <summary>Stops it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_stopping.IsCancellationRequested) await StopAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task WorkAsync()
    {
        await Task.Yield();
        while (!_stopping.IsCancellationRequested)
        {
            var url = _urls[(Interlocked.Increment(ref _next) & int.MaxValue) % _urls.Count];
            // Without the token: a request under way is not a failure when the load ends.
            var result = await _sender.SendAsync(url, null, CancellationToken.None).ConfigureAwait(false);
            lock (_lock) _results.Add(result);
            if (!result.Succeeded) Interlocked.Increment(ref _failed);
            Interlocked.Increment(ref _sent);
            await Task.Delay(_pause, TimeProvider.System, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
