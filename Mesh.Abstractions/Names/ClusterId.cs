namespace Mesh;

/// <summary>A cluster's name, unique in the mesh: a DNS label. Region and group are attributes of the cluster, not part of its name.</summary>
public readonly record struct ClusterId : IComparable<ClusterId>
{
    private readonly string? _name;

    /// <summary>Makes the id of the cluster <paramref name="name"/>.</summary>
    /// <exception cref="FormatException"><paramref name="name"/> is not a DNS label.</exception>
    public ClusterId(string name) => _name = DnsLabel.Require(name, "cluster");

    /// <summary>The name; empty for <see langword="default"/>, which is no cluster.</summary>
    public string Name => _name ?? "";

    /// <summary>Whether this is <see langword="default"/>: no cluster.</summary>
    public bool IsNone => _name is null;

    /// <summary>Orders by name, ordinal.</summary>
    public int CompareTo(ClusterId other) => string.CompareOrdinal(Name, other.Name);

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    /// <summary>Whether <paramref name="left"/> sorts before <paramref name="right"/>.</summary>
    public static bool operator <(ClusterId left, ClusterId right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> sorts before <paramref name="right"/> or equals it.</summary>
    public static bool operator <=(ClusterId left, ClusterId right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> sorts after <paramref name="right"/>.</summary>
    public static bool operator >(ClusterId left, ClusterId right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> sorts after <paramref name="right"/> or equals it.</summary>
    public static bool operator >=(ClusterId left, ClusterId right) => left.CompareTo(right) >= 0;
}
