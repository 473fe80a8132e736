namespace Mesh;

/// <summary>A field of the policy in force that a dry run would change.</summary>
/// <param name="Name">The field, as in <see cref="ServicePolicy"/>.</param>
/// <param name="Before">Its value now, in words.</param>
/// <param name="BeforeOrigin">Who says it now.</param>
/// <param name="After">Its value then.</param>
/// <param name="AfterOrigin">Who would say it.</param>
public sealed record PolicyFieldChange(string Name, string Before, PolicyOrigin BeforeOrigin, string After, PolicyOrigin AfterOrigin);
