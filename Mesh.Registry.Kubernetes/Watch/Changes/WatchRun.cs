using System.Security.Cryptography;
using Mesh.Connection;
using Mesh.Decoding;

namespace Mesh.Watch;

/// <summary>One reading of a watch: connects, follows, and begins anew where another cluster answers.</summary>
internal sealed class WatchRun<T> : IWatchObserver, IAsyncDisposable
{
    private readonly WatchTarget _target;
    private readonly IResourceDecoder<CallerItem<T>> _decoder;
    private readonly IWatchConsumer<CallerItem<T>> _consumer;
    private readonly TimeProvider _timeProvider;
    private readonly WatchTimings _timings;
    private readonly Action<KubernetesWatchHealth> _show;
    private readonly ApiConnection _connection;
    private readonly Random _random = new(RandomNumberGenerator.GetInt32(int.MaxValue));
    private readonly WatchBackoff _backoff;
    private KubernetesWatchHealth _health;
    private ResourceWatcher<CallerItem<T>>? _watcher;
    private WatchState _state = WatchState.Empty.First;

    public WatchRun(
        WatchTarget target, IResourceDecoder<CallerItem<T>> decoder, IConnectionSource source, IWatchConsumer<CallerItem<T>> consumer, KubernetesWatchOptions options, Action<KubernetesWatchHealth> show)
    {
        _target = target;
        _decoder = decoder;
        _consumer = consumer;
        _timeProvider = options.TimeProvider;
        _show = show;
        _timings = WatchTimings.Default with { RequestTimeout = options.RequestTimeout, MaxObjectBytes = options.MaxObjectBytes, MaxObjects = options.MaxObjects, MaxListBytes = options.MaxListBytes };
        _connection = new ApiConnection(source, new IdentityReader(target.Namespace), options.RequestTimeout, _timeProvider, _random);
        _backoff = new WatchBackoff(_timeProvider, _random);
        _health = new KubernetesWatchHealth(ClusterFreshness.Connecting, _timeProvider.GetUtcNow(), null);
        show(_health);
    }

    /// <summary>Goes on by one step; changes may have come of it, or not.</summary>
    public async ValueTask StepAsync(CancellationToken cancellationToken)
    {
        if (_watcher is null)
        {
            await ConnectAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        try
        {
            _state = await _watcher.StepAsync(_state, cancellationToken).ConfigureAwait(false);
        }
        catch (ClusterChangedException)
        {
            // Versions of another cluster mean nothing; what was told of the old one's objects is set right by the new list.
            await _state.LeaveAsync().ConfigureAwait(false);
            _watcher = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _state.LeaveAsync().ConfigureAwait(false);
        _connection.Dispose();
    }

    void IWatchObserver.Listing(WatchTarget target, WatchFailure? cause)
    {
    }

    void IWatchObserver.Opened(WatchTarget target) => Show(ClusterFreshness.Live, null);

    void IWatchObserver.Resuming(WatchFailure failure) => _connection.Suspect();

    void IWatchObserver.Failed(WatchFailure failure)
    {
        _connection.Suspect();
        Show(_health.Freshness == ClusterFreshness.Connecting ? ClusterFreshness.Connecting : ClusterFreshness.Stale, WatchFailureText.Of(_connection.Address, failure));
    }

    void IWatchObserver.Event(WatchTarget target, WatchEventType type)
    {
    }

    private async ValueTask ConnectAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _connection.ConnectAsync(cancellationToken).ConfigureAwait(false);
            _backoff.Healthy();
            _state = WatchState.Empty.First;
            _watcher = new ResourceWatcher<CallerItem<T>>(_target, _decoder, _connection, _consumer, this, new ServerFeatures(), _timings, _timeProvider, _random);
        }
        catch (WatchTransportException e)
        {
            ((IWatchObserver)this).Failed(new WatchFailure(e.Kind, "connect for", _target, e.Message));
            await Task.Delay(_backoff.Next(), _timeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    private void Show(ClusterFreshness freshness, string? failure)
    {
        if (_health.Freshness == freshness && _health.Failure == failure) return;
        _health = new KubernetesWatchHealth(freshness, _health.Freshness == freshness ? _health.Since : _timeProvider.GetUtcNow(), failure);
        _show(_health);
    }
}
