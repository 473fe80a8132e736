namespace Mesh.Notices;

/// <summary>Somebody who asked to be told; disposing ends it (a call under way ends by itself).</summary>
internal sealed class Subscription<T>(Action<T> callback, Action<Subscription<T>> end) : IDisposable
{
    private volatile bool _ended;

    public void Tell(T what)
    {
        if (!_ended)
        {
            callback(what);
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
}
