namespace Mesh.Hosts;

/// <summary>What a match is cached by.</summary>
/// <param name="Host">The host as the URL has it.</param>
/// <param name="Port">The port, 0 where it is the scheme's own.</param>
/// <param name="IsSecure">Whether the scheme is https.</param>
internal readonly record struct HostKey(string Host, int Port, bool IsSecure);
