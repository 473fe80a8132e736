namespace Mesh.Substitution;

/// <summary>The one source of a host whose catalog is replaced. It knows the test's declarations for as long as the host runs.</summary>
internal sealed class SubstituteSource(SubstituteCatalog catalog, string ownCluster, TimeProvider timeProvider) : ICatalogSource
{
    public string Name => "substitute";

    public async Task RunAsync(ICatalogSink sink, CancellationToken cancellationToken)
    {
        var host = new SubstituteHost(ownCluster, timeProvider);
        catalog.Attach(host);
        try
        {
            await host.Source.RunAsync(sink, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            catalog.Detach(host);
        }
    }
}
