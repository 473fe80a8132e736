namespace Mesh.Simulation;

/// <summary>One cause in the <c>details</c> of a <c>Status</c>.</summary>
internal sealed record StatusCause(string Reason, string Message, string Field = "");
