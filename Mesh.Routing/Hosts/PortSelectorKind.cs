namespace Mesh;

/// <summary>How a URL says which port of a service it means.</summary>
public enum PortSelectorKind
{
    /// <summary>Not at all: the scheme decides.</summary>
    Scheme,

    /// <summary>By the service's port number (<c>http://orders.sales:8080</c>).</summary>
    Number,

    /// <summary>By the port's name (<c>http://_admin.orders.sales</c>).</summary>
    Name,
}
