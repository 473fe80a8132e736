using Mesh.Hosts;

namespace Mesh;

/// <summary>
/// What the mesh makes of a URL's scheme, host and port. Immutable and cached: the same URL gives the same object until the answer changes. Ask
/// <see cref="MeshRouter.Match"/> for each request, since namespaces and services become known.
/// </summary>
public sealed class HostMatch
{
    internal HostMatch(HostKind kind, string reason) => (Kind, Reason) = (kind, reason);

    /// <summary>Whether it is a service.</summary>
    public HostKind Kind { get; }

    /// <summary>The service; <see langword="default"/> unless <see cref="Kind"/> is <see cref="HostKind.Service"/>.</summary>
    public ServiceName Service { get; internal init; }

    /// <summary>Which part of the service.</summary>
    public ServiceView View { get; internal init; }

    /// <summary>Which port.</summary>
    public PortSelector Port { get; internal init; }

    /// <summary>Why, in a sentence: for explain and warnings.</summary>
    public string Reason { get; }

    /// <summary>
    /// Whether it is a bare name of which not every source has spoken: after <see cref="ServiceRoute.WaitUntilKnownAsync"/> match again, for it is
    /// <see cref="HostKind.Foreign"/> where the own namespace turns out not to have it.
    /// </summary>
    public bool IsProvisional { get; internal init; }

    /// <summary>What could change the answer, asked again on each use.</summary>
    internal HostDoubt? Doubt { get; init; }

    /// <summary>The routes asked for with it, so that a request costs no look-up. Swapped whole.</summary>
    internal CachedRoute[] Routes { get; set; } = [];
}
