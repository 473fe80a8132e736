using System.Globalization;

namespace Mesh;

/// <summary>Which port of a service a URL means. Made by the static members.</summary>
public readonly record struct PortSelector
{
    private PortSelector(PortSelectorKind kind, bool isSecure, int number, string? name)
    {
        Kind = kind;
        IsSecure = isSecure;
        Number = number;
        Name = name;
    }

    /// <summary>How the port is said.</summary>
    public PortSelectorKind Kind { get; }

    /// <summary>Whether the scheme is <c>https</c> (or <c>wss</c>).</summary>
    public bool IsSecure { get; }

    /// <summary>The service's port number; 0 unless <see cref="Kind"/> is <see cref="PortSelectorKind.Number"/>.</summary>
    public int Number { get; }

    /// <summary>The port's name; <see langword="null"/> unless <see cref="Kind"/> is <see cref="PortSelectorKind.Name"/>.</summary>
    public string? Name { get; }

    /// <summary>By the scheme: port 80 (443 for https) where there is one, else the only port, else the one whose <c>appProtocol</c> fits.</summary>
    public static PortSelector ByScheme(bool isSecure) => new(PortSelectorKind.Scheme, isSecure, 0, null);

    /// <summary>By number.</summary>
    public static PortSelector ByNumber(int number, bool isSecure) => new(PortSelectorKind.Number, isSecure, number, null);

    /// <summary>By name.</summary>
    public static PortSelector ByName(string name, bool isSecure) => new(PortSelectorKind.Name, isSecure, 0, name);

    /// <summary><c>port 8080</c>, <c>port 'admin'</c> or <c>the port for https</c>.</summary>
    public override string ToString() => Kind switch
    {
        PortSelectorKind.Number => string.Create(CultureInfo.InvariantCulture, $"port {Number}"),
        PortSelectorKind.Name => $"port '{Name}'",
        _ => IsSecure ? "the port for https" : "the port for http",
    };
}
