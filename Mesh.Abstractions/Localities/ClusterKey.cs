using System.Diagnostics.CodeAnalysis;

namespace Mesh;

/// <summary>A cluster's key as Flomesh writes it, <c>region/zone/group/name</c>. In the mesh the name alone is unique.</summary>
/// <param name="Region">The region.</param>
/// <param name="Zone">The zone.</param>
/// <param name="Group">The group, <c>default</c> unless said otherwise.</param>
/// <param name="Cluster">The cluster.</param>
public readonly record struct ClusterKey(string Region, string Zone, string Group, ClusterId Cluster)
{
    /// <summary>The group of a cluster that names none.</summary>
    public const string DefaultGroup = "default";

    /// <summary>Reads <c>region/zone/group/name</c>.</summary>
    /// <exception cref="FormatException">It is not four DNS labels with slashes between.</exception>
    public static ClusterKey Parse(string text) =>
        TryParse(text, out var key)
            ? key
            : throw new FormatException($"'{DnsLabel.Printable(text)}' is not a cluster key: write region/zone/group/name, four DNS labels (eu/eu-1/default/alpha).");

    /// <summary>Reads <c>region/zone/group/name</c>; <see langword="false"/> where it is not four DNS labels.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ClusterKey key)
    {
        key = default;
        var parts = text?.Split('/');
        if (parts is not { Length: 4 } || !Array.TrueForAll(parts, static p => DnsLabel.IsValid(p)))
        {
            return false;
        }

        key = new ClusterKey(parts[0], parts[1], parts[2], new ClusterId(parts[3]));
        return true;
    }

    /// <summary><c>region/zone/group/name</c>.</summary>
    public override string ToString() => $"{Region}/{Zone}/{Group}/{Cluster}";
}
