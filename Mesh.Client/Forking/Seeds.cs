using System.Security.Cryptography;

namespace Mesh.Forking;

/// <summary>The seed of random choices: the one that is set, else one from the system.</summary>
internal static class Seeds
{
    public static int OrRandom(int? seed) => seed ?? RandomNumberGenerator.GetInt32(int.MaxValue);
}
