namespace Mesh.Certificates;

/// <summary>Object identifiers of what a certificate may be used for (RFC 5280, 4.2.1.12).</summary>
internal static class ExtendedKeyUsage
{
    public const string Server = "1.3.6.1.5.5.7.3.1";
    public const string Client = "1.3.6.1.5.5.7.3.2";
}
