using System.Security.Cryptography.X509Certificates;

namespace Mesh.Gateways;

/// <summary>Authorities and the file they were read from.</summary>
/// <param name="File">The file, for messages.</param>
/// <param name="Roots">Their certificates.</param>
internal sealed record TrustedAuthorities(string File, X509Certificate2Collection Roots);
