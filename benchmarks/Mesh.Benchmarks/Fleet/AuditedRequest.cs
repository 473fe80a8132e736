namespace Mesh.Benchmarks.Fleet;

/// <summary>One request.</summary>
/// <param name="At">When the server received it.</param>
/// <param name="User">Who sent it.</param>
/// <param name="Verb">As RBAC writes it.</param>
/// <param name="Resource">The plural of what was asked for; empty where that is no resource.</param>
internal readonly record struct AuditedRequest(DateTimeOffset At, string User, string Verb, string Resource);
