namespace Mesh.Hosting;

/// <summary>The mesh of a container.</summary>
internal sealed class MeshService(IMeshCatalog catalog, MeshRouter router) : IMesh
{
    public IMeshCatalog Catalog => catalog;

    public RouteExplanation Explain(string authorityOrUrl) => router.Explain(authorityOrUrl);

    public Task WaitForSyncAsync(CancellationToken cancellationToken = default) => catalog.WaitForSyncAsync(cancellationToken);
}
