namespace Mesh;

/// <summary>A field of the policy in force.</summary>
/// <param name="Name">The field, as in <see cref="ServicePolicy"/>.</param>
/// <param name="Value">Its value, in words.</param>
/// <param name="Origin">Who said it.</param>
public sealed record PolicyFieldExplanation(string Name, string Value, PolicyOrigin Origin);
