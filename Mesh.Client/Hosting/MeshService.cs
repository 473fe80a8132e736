using Mesh.Clients;

namespace Mesh.Hosting;

/// <summary>The mesh of a container.</summary>
internal sealed class MeshService(IMeshCatalog catalog, MeshRouter router, ClientDirectory clients, ClientNames names) : IMesh
{
    public IMeshCatalog Catalog => catalog;

    public RouteExplanation Explain(string authorityOrUrl) => router.Explain(authorityOrUrl);

    public RouteExplanation Explain(string authorityOrUrl, string client)
    {
        ArgumentNullException.ThrowIfNull(client);
        var known = names.All;
        return client.Length == 0 || known.Contains(client)
            ? router.Explain(authorityOrUrl, clients.Get(client).Policy)
            : throw new ArgumentException(
                $"No HttpClient '{client}' was configured or used. {(known.Count == 0 ? "None with a name is known" : $"Known are {string.Join(", ", known.Select(static n => $"'{n}'"))}")}; the name of a typed client is its type's.",
                nameof(client));
    }

    public PolicyDryRun DryRun(string authorityOrUrl, ServicePolicy policy) => router.DryRun(authorityOrUrl, policy);

    public Task WaitForSyncAsync(CancellationToken cancellationToken = default) => catalog.WaitForSyncAsync(cancellationToken);
}
