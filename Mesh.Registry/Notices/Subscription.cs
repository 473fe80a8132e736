namespace Mesh.Notices;

/// <summary>
/// Somebody who asked to be told; disposing ends it (a call under way ends by itself). Each is told on the thread pool, one call at a time, so that one
/// who blocks keeps nobody waiting but itself; what happens meanwhile is kept for it, each change once.
/// </summary>
internal abstract class Subscription<T>(Action<T> callback, Action<Subscription<T>> end, SubscriberFailures failures) : IDisposable, IThreadPoolWorkItem
{
    private readonly Lock _lock = new();
    private bool _isTelling;
    private volatile bool _ended;

    /// <summary>Has it told; returns at once.</summary>
    public void Tell(T what)
    {
        lock (_lock)
        {
            if (_ended)
            {
                return;
            }

            Keep(what);
            if (_isTelling)
            {
                return;
            }

            _isTelling = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    public void Execute()
    {
        while (TakeNext(out var what))
        {
            try
            {
                callback(what);
            }
            catch (Exception exception)
            {
                failures.Tell(exception);
            }
        }
    }

    public void Dispose()
    {
        if (!_ended)
        {
            _ended = true;
            end(this);
        }
    }

    /// <summary>Keeps what is to be told. Under the subscription's lock.</summary>
    protected abstract void Keep(T what);

    /// <summary>Takes what was kept, before it is told: a change from now on is told again. Under the subscription's lock.</summary>
    protected abstract bool TryTake(out T what);

    private bool TakeNext(out T what)
    {
        lock (_lock)
        {
            what = default!;
            return _isTelling = !_ended && TryTake(out what);
        }
    }
}
