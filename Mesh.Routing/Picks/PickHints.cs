namespace Mesh;

/// <summary>What of a request matters to a pick.</summary>
/// <param name="Hash">A hash of what should stick to one endpoint (a header, a cookie), for algorithms that hash; <see langword="null"/> where there is none.</param>
public readonly record struct PickHints(ulong? Hash = null);
