using Microsoft.Extensions.Logging;

namespace Mesh;

/// <summary>
/// The routing engine of one process: which host is a service, and which of its endpoints a request goes to. Safe for any thread; a pick neither locks
/// nor allocates.
/// </summary>
public sealed class MeshRouter : IDisposable
{
    /// <summary>Makes a router over <paramref name="catalog"/>.</summary>
    /// <param name="catalog">Where services come from. Not disposed with the router.</param>
    /// <param name="options">What it is told.</param>
    /// <param name="pickers">Algorithms by name, beside <c>least-request</c>, <c>round-robin</c> and <c>random</c>.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="loggerFactory">For state changes; never one line per request.</param>
    /// <exception cref="ArgumentException">A policy cannot be followed: an unknown algorithm, a mode that is not available. The message names it and what is known.</exception>
    public MeshRouter(
        IMeshCatalog catalog,
        MeshRouterOptions options,
        IReadOnlyDictionary<string, EndpointPicker> pickers,
        TimeProvider timeProvider,
        ILoggerFactory loggerFactory)
    {
        _ = (catalog, options, pickers, timeProvider, loggerFactory);
    }

    /// <summary>The endpoints of services in use, for gauges.</summary>
    public IReadOnlyCollection<EndpointState> Endpoints => throw new NotImplementedException();

    /// <summary>What <paramref name="uri"/>'s scheme, host and port mean. Cached; a hit allocates nothing.</summary>
    public HostMatch Match(Uri uri) => throw new NotImplementedException();

    /// <summary>The route of a matched service. Cached; a hit allocates nothing.</summary>
    /// <param name="match">A match of kind <see cref="HostKind.Service"/>, of this router.</param>
    /// <param name="clientPolicy">The client's own policy, or <see langword="null"/>. Pass the same object each time.</param>
    /// <exception cref="ArgumentException">The match is no service, or the policy cannot be followed (see <see cref="Check"/>).</exception>
    public ServiceRoute GetRoute(HostMatch match, ServicePolicy? clientPolicy = null) => throw new NotImplementedException();

    /// <summary>What of a policy cannot be followed, a sentence each; empty where all can. For validation at start.</summary>
    public IReadOnlyList<string> Check(ServicePolicy policy) => throw new NotImplementedException();

    /// <summary>What a pick would do now and why. Changes nothing.</summary>
    /// <param name="authorityOrUrl"><c>orders.sales</c>, <c>orders.sales:8080</c> or a URL; without a scheme <c>http</c> is meant.</param>
    /// <param name="clientPolicy">The policy of the client in whose place it is asked, or <see langword="null"/>.</param>
    public RouteExplanation Explain(string authorityOrUrl, ServicePolicy? clientPolicy = null) => throw new NotImplementedException();

    /// <summary>Retires every endpoint: transports are disposed, timers end.</summary>
    public void Dispose()
    {
    }
}
