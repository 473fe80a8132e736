namespace Mesh;

/// <summary>How a source fares.</summary>
/// <param name="Name">The source's name.</param>
/// <param name="IsSynced">Whether its first state has been delivered.</param>
/// <param name="Failure">Why it is not working now (naming what to do), or <see langword="null"/>.</param>
public sealed record CatalogSourceStatus(string Name, bool IsSynced, string? Failure)
{
    /// <summary>Of when the state is that it works from, kept from before the start, as long as its first own state has not arrived; else <see langword="null"/>.</summary>
    public DateTimeOffset? RestoredFrom { get; init; }
}
