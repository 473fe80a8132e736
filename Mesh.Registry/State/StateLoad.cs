namespace Mesh.State;

/// <summary>What was found of a cluster on disk.</summary>
/// <param name="State">The state; <see langword="null"/> where the file cannot be used.</param>
/// <param name="Refusal">Why it is not to be used, naming what to do; <see langword="null"/> where it may be.</param>
internal readonly record struct StateLoad(KeptState? State, string? Refusal);
