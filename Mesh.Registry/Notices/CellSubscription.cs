namespace Mesh.Notices;

/// <summary>Somebody who asked to be told of one service.</summary>
internal sealed class CellSubscription(Action<ServiceCell> callback, Action<Subscription<ServiceCell>> end, SubscriberFailures failures)
    : Subscription<ServiceCell>(callback, end, failures)
{
    private ServiceCell? _changed;

    protected override void Keep(ServiceCell what) => _changed = what;

    protected override bool TryTake(out ServiceCell what)
    {
        what = _changed!;
        _changed = null;
        return what is not null;
    }
}
