using System.Collections.Immutable;
using System.Net;

namespace Mesh.Network;

/// <summary>One address of the virtual network and who has it now.</summary>
/// <param name="Place">Where it is.</param>
/// <param name="Link">The last stretch of every connection to it.</param>
/// <param name="Ports">Its ports and where each really listens; empty when whoever had the address is gone.</param>
/// <param name="WhenClosed">What a dial of any other port meets.</param>
internal sealed record NetworkHost(NetworkPlace Place, NetworkLink Link, ImmutableDictionary<int, IPEndPoint> Ports, SilentAddress WhenClosed);
