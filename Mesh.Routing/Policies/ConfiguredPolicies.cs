using System.Collections.Immutable;

namespace Mesh.Policies;

/// <summary>What the application says of policies, apart from those of its clients. Swapped whole: whoever made something of it compares by reference whether it is still so.</summary>
/// <param name="Default">The policy of all services.</param>
/// <param name="Services">Policies of single ones.</param>
internal sealed record ConfiguredPolicies(ServicePolicy Default, ImmutableDictionary<ServiceName, ServicePolicy> Services);
