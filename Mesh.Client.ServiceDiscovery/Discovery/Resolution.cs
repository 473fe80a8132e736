using System.Collections.Immutable;

namespace Mesh.Discovery;

/// <summary>What the mesh says of a name at one moment. Compared by value, so that only a change of the answer is told.</summary>
/// <param name="Service">The service, where the name is one.</param>
/// <param name="Scheme">The scheme that was chosen among several; <see langword="null"/> where there was no choice.</param>
/// <param name="Addresses">Address and port of each endpoint, nearest first.</param>
/// <param name="Gateways">The clusters that would be used and are left out, since they are reached through gateways.</param>
/// <param name="Failure">Why there is no endpoint; <see langword="null"/> where there is one, or the name is no service.</param>
internal sealed record Resolution(ServiceName? Service, string? Scheme, ImmutableArray<string> Addresses, ImmutableArray<ClusterId> Gateways, string? Failure)
{
    /// <summary>The name is no service of the mesh.</summary>
    public static Resolution NoService { get; } = new(null, null, [], [], null);

    public bool Equals(Resolution? other) =>
        other is not null && Service == other.Service && Scheme == other.Scheme && Addresses.SequenceEqual(other.Addresses) && Gateways.SequenceEqual(other.Gateways);

    public override int GetHashCode() => HashCode.Combine(Service, Scheme, Addresses.Length, Gateways.Length);
}
