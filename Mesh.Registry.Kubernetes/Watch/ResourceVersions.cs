namespace Mesh.Watch;

/// <summary>Compares resource versions, as far as that is allowed: those of one type, where they are decimal numbers (KEP-5504).</summary>
internal static class ResourceVersions
{
    /// <summary>Whether <paramref name="version"/> is certainly older than <paramref name="other"/>.</summary>
    public static bool IsOlder(string version, string other)
    {
        if (!IsNumber(version) || !IsNumber(other)) return false;
        return version.Length != other.Length ? version.Length < other.Length : string.CompareOrdinal(version, other) < 0;
    }

    private static bool IsNumber(string version) => version.Length > 0 && version[0] is >= '1' and <= '9' && !version.AsSpan().ContainsAnyExceptInRange('0', '9');
}
