namespace Mesh;

/// <summary>
/// One service's stable place in a catalog: the same object for as long as the catalog lives, whose snapshot is swapped. Whoever
/// uses a service keeps its cell, so a request costs no look-up. Made by the catalog.
/// </summary>
public abstract class ServiceCell
{
    private volatile ServiceSnapshot? _current;
    private volatile bool _used = true;

    /// <summary>Makes the cell of <paramref name="name"/>, empty.</summary>
    protected ServiceCell(ServiceName name) => Name = name;

    /// <summary>The service.</summary>
    public ServiceName Name { get; }

    /// <summary>Its state now; <see langword="null"/> while nobody contributes to it.</summary>
    public ServiceSnapshot? Current => _current;

    /// <summary>
    /// Asks to be called after each change of <see cref="Current"/>, off the publisher's path, never twice at once, the newest state only
    /// (changes in quick succession may be told once). Disposing ends it.
    /// </summary>
    public abstract IDisposable OnChange(Action<ServiceCell> callback);

    /// <summary>Says that the service is in use, which keeps its interest alive. Costs a read.</summary>
    public void MarkUsed()
    {
        if (!_used)
        {
            _used = true;
        }
    }

    /// <summary><c>orders.sales r42, 12 endpoints</c>, or <c>orders.sales, not known</c>.</summary>
    public override string ToString() => Current?.ToString() ?? $"{Name}, not known";

    /// <summary>Whether it was used since the last call.</summary>
    protected bool TakeUsed()
    {
        var used = _used;
        _used = false;
        return used;
    }

    /// <summary>Swaps the snapshot. Publish first, then notify.</summary>
    protected void Publish(ServiceSnapshot? snapshot) => _current = snapshot;
}
