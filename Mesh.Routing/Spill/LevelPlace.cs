using Mesh.Tiers;

namespace Mesh.Spill;

/// <summary>Which level a level is, while tables come and go.</summary>
internal static class LevelPlace
{
    /// <summary>Whether the first tiers of two levels say that they are one level: of the own cluster each tier may come and go.</summary>
    public static bool IsSameAs(this TierPlace place, TierPlace other) =>
        place.Level == other.Level && ((place.IsOwn && other.IsOwn) || (place.Kind == other.Kind && place.Cluster == other.Cluster) || (place.Weight is not null && other.Weight is not null));
}
