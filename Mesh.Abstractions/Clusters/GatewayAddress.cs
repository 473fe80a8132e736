using System.Collections.Immutable;

namespace Mesh;

/// <summary>Where a cluster's gateway (its ingress for other clusters) is dialled. Equal by content.</summary>
/// <param name="Hosts">Its addresses or DNS names.</param>
/// <param name="Port">Its port, 1 to 65535. Default 15443.</param>
public sealed record GatewayAddress(ImmutableArray<EndpointAddress> Hosts, int Port = 15443)
{
    /// <inheritdoc/>
    public bool Equals(GatewayAddress? other) =>
        ReferenceEquals(this, other) || (other is not null && Port == other.Port && Hosts.AsSpan().SequenceEqual(other.Hosts.AsSpan()));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Port, Hosts.IsDefaultOrEmpty ? default : Hosts[0]);

    /// <summary><c>gamma.example.com, 203.0.113.7 port 15443</c>.</summary>
    public override string ToString() => $"{(Hosts.IsDefaultOrEmpty ? "no host" : string.Join(", ", Hosts))} port {Port}";
}
