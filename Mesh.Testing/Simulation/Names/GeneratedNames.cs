namespace Mesh.Simulation;

/// <summary>Suffixes for <c>generateName</c>: five letters of the real server's alphabet, from a seeded source. Used inside a write only.</summary>
internal sealed class GeneratedNames(int seed)
{
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";
    private readonly Random _random = new(seed);

    public string From(string prefix) => (prefix.Length > 58 ? prefix[..58] : prefix) + new string(_random.GetItems<char>(Alphabet, 5));
}
