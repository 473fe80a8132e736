namespace Mesh;

/// <summary>The mesh of this process, as the application asks it. A service of the container after <c>AddMeshRouting</c>.</summary>
public interface IMesh
{
    /// <summary>What is known of services and clusters.</summary>
    IMeshCatalog Catalog { get; }

    /// <summary>Why a request went, or will go, where it does. Changes nothing.</summary>
    /// <param name="authorityOrUrl"><c>orders.sales</c>, <c>orders.sales:8080</c> or a URL; without a scheme <c>http</c> is meant.</param>
    /// <returns>An object whose <c>ToString()</c> is the readable table.</returns>
    RouteExplanation Explain(string authorityOrUrl);

    /// <summary>As <see cref="Explain(string)"/>, for one client of the factory: with the policy that <c>ConfigureMeshRouting</c> gives it.</summary>
    /// <param name="authorityOrUrl"><c>orders.sales</c>, <c>orders.sales:8080</c> or a URL; without a scheme <c>http</c> is meant.</param>
    /// <param name="client">The client's name (of a typed client its type's); empty for the one without a name.</param>
    /// <exception cref="ArgumentException">No client of that name was configured or used; the message names those that were.</exception>
    RouteExplanation Explain(string authorityOrUrl, string client);

    /// <summary>
    /// What <paramref name="policy"/> would change if it were the service's in <c>Mesh:Services</c>, in place of the one that is: fields, shares of tiers, endpoints that come in or leave, problems; or each
    /// mistake in it. Over the state as it is; changes nothing.
    /// </summary>
    /// <param name="authorityOrUrl"><c>orders.sales</c>, <c>orders.sales:8080</c> or a URL; without a scheme <c>http</c> is meant.</param>
    /// <param name="policy">The policy.</param>
    /// <returns>An object whose <c>ToString()</c> is readable.</returns>
    PolicyDryRun DryRun(string authorityOrUrl, ServicePolicy policy);

    /// <summary>
    /// Waits until every source has delivered its first state. Nothing needs it: requests to services wait by themselves, bounded by <see cref="MeshOptions.InitialSyncTimeout"/>.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller cancelled; a source that cannot be reached lets it wait for ever.</exception>
    Task WaitForSyncAsync(CancellationToken cancellationToken = default);
}
