using System.Collections.Immutable;

namespace Mesh;

/// <summary>A request as it came to a <see cref="FixtureGateway"/>.</summary>
/// <param name="Peer">The identity that its connection showed.</param>
/// <param name="Protocol">The protocol, such as <c>HTTP/2</c>.</param>
/// <param name="Authority">The gateway's name, as the caller wrote it.</param>
/// <param name="Connection">The connection that it came by: equal for requests that shared one.</param>
/// <param name="Target">Path and query, as they came.</param>
/// <param name="Headers">Its headers; several values of one are joined by commas.</param>
public sealed record FixtureGatewayRequest(string Peer, string Protocol, string Authority, string Connection, string Target, ImmutableDictionary<string, string> Headers);
