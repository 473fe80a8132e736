namespace Mesh.Simulation;

/// <summary>Whom a token stands for, and until when.</summary>
internal sealed record IssuedToken(Identity Identity, DateTimeOffset Expires);
