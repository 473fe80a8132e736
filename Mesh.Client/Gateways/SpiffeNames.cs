using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mesh.Gateways;

/// <summary>The identities of the mesh, <c>spiffe://trust-domain/cluster/name/role</c>, in certificates.</summary>
internal static class SpiffeNames
{
    private const string AlternativeNames = "2.5.29.17";

    // RFC 5280, 4.2.1.6: uniformResourceIdentifier [6] IA5String.
    private static readonly Asn1Tag UriName = new(TagClass.ContextSpecific, 6);

    /// <summary>The identity of a cluster's gateway.</summary>
    public static string OfIngress(string trustDomain, ClusterId cluster) => $"{ClustersOf(trustDomain)}{cluster}/ingress";

    /// <summary>What every identity in a trust domain begins with.</summary>
    public static string ClustersOf(string trustDomain) => $"spiffe://{trustDomain}/cluster/";

    /// <summary>The URI names of a certificate, in order; none where they cannot be read.</summary>
    public static IReadOnlyList<string> Of(X509Certificate2 certificate)
    {
        List<string> names = [];
        foreach (var extension in certificate.Extensions)
        {
            if (extension.Oid?.Value == AlternativeNames && !Read(extension.RawData, names))
            {
                return [];
            }
        }

        return names;
    }

    private static bool Read(byte[] encoded, List<string> names)
    {
        try
        {
            var sequence = new AsnReader(encoded, AsnEncodingRules.DER).ReadSequence();
            while (sequence.HasData)
            {
                if (sequence.PeekTag().HasSameClassAndValue(UriName))
                {
                    names.Add(sequence.ReadCharacterString(UniversalTagNumber.IA5String, UriName));
                }
                else
                {
                    sequence.ReadEncodedValue();
                }
            }

            return true;
        }
        catch (Exception e) when (e is AsnContentException or CryptographicException)
        {
            return false;
        }
    }
}
