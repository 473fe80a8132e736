using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Mesh.Certificates;

/// <summary>The names a certificate is valid for: DNS names, IP addresses, URIs.</summary>
internal static class AlternativeNames
{
    public static X509Extension Of(IEnumerable<string> names)
    {
        var builder = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (name.Contains("://", StringComparison.Ordinal)) builder.AddUri(new Uri(name));
            else if (IPAddress.TryParse(name, out var address)) builder.AddIpAddress(address);
            else builder.AddDnsName(name);
        }

        return builder.Build();
    }

    /// <summary>The URI names of a certificate.</summary>
    public static IReadOnlyList<string> UrisOf(X509Certificate2 certificate)
    {
        var uris = new List<string>();
        foreach (var extension in certificate.Extensions.Where(static e => e.Oid?.Value == "2.5.29.17"))
        {
            var names = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
            while (names.HasData)
            {
                // RFC 5280, 4.2.1.6: uniformResourceIdentifier [6].
                var uri = new Asn1Tag(TagClass.ContextSpecific, 6);
                if (names.PeekTag().HasSameClassAndValue(uri)) uris.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, uri));
                else names.ReadEncodedValue();
            }
        }

        return uris;
    }
}
