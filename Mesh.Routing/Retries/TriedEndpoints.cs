using System.Runtime.CompilerServices;

namespace Mesh.Retries;

/// <summary>The first few endpoints that a request tried, without allocation.</summary>
[InlineArray(Capacity)]
internal struct TriedEndpoints
{
    public const int Capacity = 4;

    private EndpointState? _first;
}
