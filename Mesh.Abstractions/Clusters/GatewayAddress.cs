using System.Collections.Immutable;

namespace Mesh;

/// <summary>Where a cluster's gateway (its ingress for other clusters) is dialled.</summary>
/// <param name="Hosts">Its addresses or DNS names.</param>
/// <param name="Port">Its port, 1 to 65535. Default 15443.</param>
public sealed record GatewayAddress(ImmutableArray<EndpointAddress> Hosts, int Port = 15443);
