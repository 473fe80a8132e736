using System.Diagnostics.CodeAnalysis;

namespace Mesh;

/// <summary>
/// A service in the mesh, written <c>orders.sales</c>: name, then namespace. The same name and namespace in two clusters
/// is the same service (namespace sameness, KEP-1645).
/// </summary>
/// <param name="Namespace">The namespace, a DNS label.</param>
/// <param name="Name">The service's name in it, a DNS label.</param>
public readonly record struct ServiceName(string Namespace, string Name) : IComparable<ServiceName>, IParsable<ServiceName>
{
    /// <summary>Reads <c>name.namespace</c>.</summary>
    /// <exception cref="FormatException">It is not two DNS labels with a dot between.</exception>
    public static ServiceName Parse(string s) =>
        TryParse(s, out var name)
            ? name
            : throw new FormatException($"'{DnsLabel.Printable(s)}' is not a service: write name.namespace, two DNS labels with a dot between (orders.sales).");

    /// <inheritdoc cref="Parse(string)"/>
    public static ServiceName Parse(string s, IFormatProvider? provider) => Parse(s);

    /// <summary>Reads <c>name.namespace</c>; <see langword="false"/> where it is not two DNS labels.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, out ServiceName result)
    {
        result = default;
        if (s is null)
        {
            return false;
        }

        var dot = s.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0 || !DnsLabel.IsValid(s.AsSpan(0, dot)) || !DnsLabel.IsValid(s.AsSpan(dot + 1)))
        {
            return false;
        }

        result = new ServiceName(s[(dot + 1)..], s[..dot]);
        return true;
    }

    /// <inheritdoc cref="TryParse(string?, out ServiceName)"/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out ServiceName result) => TryParse(s, out result);

    /// <summary>Orders by namespace, then name, ordinal.</summary>
    public int CompareTo(ServiceName other)
    {
        var byNamespace = string.CompareOrdinal(Namespace, other.Namespace);
        return byNamespace != 0 ? byNamespace : string.CompareOrdinal(Name, other.Name);
    }

    /// <summary><c>orders.sales</c>.</summary>
    public override string ToString() => $"{Name}.{Namespace}";

    /// <summary>Whether <paramref name="left"/> sorts before <paramref name="right"/>.</summary>
    public static bool operator <(ServiceName left, ServiceName right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> sorts before <paramref name="right"/> or equals it.</summary>
    public static bool operator <=(ServiceName left, ServiceName right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> sorts after <paramref name="right"/>.</summary>
    public static bool operator >(ServiceName left, ServiceName right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> sorts after <paramref name="right"/> or equals it.</summary>
    public static bool operator >=(ServiceName left, ServiceName right) => left.CompareTo(right) >= 0;
}
