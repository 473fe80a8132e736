namespace Mesh.Catalog;

/// <summary>How much the catalog holds, kept up with every swap so that nobody has to count.</summary>
internal sealed class CatalogCounts
{
    private int _services;
    private long _endpoints;

    public int Services => Volatile.Read(ref _services);

    public long Endpoints => Interlocked.Read(ref _endpoints);

    public void Swapped(ServiceSnapshot? previous, ServiceSnapshot? next)
    {
        var services = (next is null ? 0 : 1) - (previous is null ? 0 : 1);
        if (services != 0)
        {
            Interlocked.Add(ref _services, services);
        }

        var endpoints = (next?.EndpointCount ?? 0) - (previous?.EndpointCount ?? 0);
        if (endpoints != 0)
        {
            Interlocked.Add(ref _endpoints, endpoints);
        }
    }
}
