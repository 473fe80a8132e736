using System.Security.Cryptography.X509Certificates;

namespace Mesh.Certificates;

/// <summary>Subject names, built and not parsed: a user such as <c>system:serviceaccount:a:b</c> or one with a comma stays what it is.</summary>
internal static class DistinguishedName
{
    public static X500DistinguishedName Of(string commonName, IReadOnlyCollection<string>? organisations = null)
    {
        var builder = new X500DistinguishedNameBuilder();
        foreach (var organisation in organisations ?? []) builder.AddOrganizationName(organisation);
        builder.AddCommonName(commonName);
        return builder.Build();
    }
}
