using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Mesh.Certificates;

/// <summary>The names a server certificate is valid for.</summary>
internal static class AlternativeNames
{
    public static X509Extension Of(IEnumerable<string> names)
    {
        var builder = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address)) builder.AddIpAddress(address);
            else builder.AddDnsName(name);
        }

        return builder.Build();
    }
}
