using System.Collections.Immutable;

namespace Mesh.Endpoints;

/// <summary>What few endpoints have.</summary>
internal sealed record EndpointExtras(ImmutableArray<string> ZoneHints, ImmutableArray<string> NodeHints, ImmutableDictionary<string, string>? Labels);
