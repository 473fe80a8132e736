using System.Globalization;

namespace Mesh.RealServers;

/// <summary>A Kubernetes release, ordered by age.</summary>
internal readonly record struct KubernetesVersion(int Major, int Minor, int Patch, string Text) : IComparable<KubernetesVersion>
{
    /// <summary>Major and minor, as people name it.</summary>
    public string Short => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}");

    /// <summary>Reads <c>v1.37.2</c>, also with a suffix such as <c>-rc.1</c> or <c>+k3s1</c>, or as the last word of <c>Kubernetes v1.37.2</c>.</summary>
    public static KubernetesVersion? Parse(string text)
    {
        var word = text.Trim().Split(' ')[^1];
        var parts = word.TrimStart('v').Split('-', '+')[0].Split('.');
        if (parts.Length != 3) return null;
        var numbers = new int[3];
        for (var i = 0; i < 3; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i])) return null;
        }

        return new KubernetesVersion(numbers[0], numbers[1], numbers[2], word);
    }

    /// <summary>Whether this is the release asked for, where what is not said (the patch, a leading v) may be anything.</summary>
    public bool Matches(string asked)
    {
        var wanted = asked.TrimStart('v').Split('.');
        var mine = Text.TrimStart('v').Split('.');
        return wanted.Length <= mine.Length && mine.AsSpan(0, wanted.Length).SequenceEqual(wanted);
    }

    public int CompareTo(KubernetesVersion other) => (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));
}
