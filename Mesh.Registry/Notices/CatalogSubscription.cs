namespace Mesh.Notices;

/// <summary>Somebody who asked to be told of the whole catalog: of a cluster's or a source's state by an empty batch, of services by their cells.</summary>
internal sealed class CatalogSubscription(
    Action<IReadOnlyCollection<ServiceCell>> callback,
    Action<Subscription<IReadOnlyCollection<ServiceCell>>> end,
    SubscriberFailures failures)
    : Subscription<IReadOnlyCollection<ServiceCell>>(callback, end, failures)
{
    private bool _stateChanged;
    private IReadOnlyCollection<ServiceCell>? _batch;
    private HashSet<ServiceCell>? _further;

    protected override void Keep(IReadOnlyCollection<ServiceCell> what)
    {
        if (what.Count == 0)
        {
            _stateChanged = true;
        }
        else if (_batch is null)
        {
            // The usual case: who keeps up is handed the batch that everybody is handed.
            _batch = what;
        }
        else
        {
            (_further ??= [.. _batch]).UnionWith(what);
        }
    }

    protected override bool TryTake(out IReadOnlyCollection<ServiceCell> what)
    {
        if (_stateChanged)
        {
            _stateChanged = false;
            what = [];
            return true;
        }

        what = _further ?? _batch!;
        (_batch, _further) = (null, null);
        return what is not null;
    }
}
