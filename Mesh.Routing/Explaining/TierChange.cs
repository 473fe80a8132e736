namespace Mesh;

/// <summary>A tier whose share of new requests a dry run would change.</summary>
/// <param name="Name">Which: <c>same zone</c>, <c>cluster beta</c> …</param>
/// <param name="Before">Its share now, in percent; <see langword="null"/> where there is no such tier now.</param>
/// <param name="After">Its share then; <see langword="null"/> where there would be none.</param>
public sealed record TierChange(string Name, int? Before, int? After);
