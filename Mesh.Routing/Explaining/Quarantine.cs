namespace Mesh.Explaining;

/// <summary>What the catalog left out of a service. On what exporting clusters disagree is among its problems too, but nothing is left out for it.</summary>
internal static class Quarantine
{
    public static IEnumerable<CatalogProblem> Of(IMeshCatalog catalog, ServiceName service, ServiceSnapshot? snapshot) => catalog.Problems.Where(
        p => p.Service == service && snapshot?.Conflicts.Any(c => c.Cluster == p.Cluster && c.Source == p.Source && c.Message == p.Message) != true);
}
