using System.Text.RegularExpressions;

namespace Mesh.Docker;

/// <summary>What an image's tag says of the Kubernetes in it.</summary>
internal static partial class ImageTag
{
    /// <summary>Major and minor, such as <c>1.34</c> of <c>rancher/k3s:v1.34.1-k3s1</c>; <see langword="null"/> where the tag names no version.</summary>
    public static string? Version(string image) => Pattern().Match(image) is { Success: true } match ? match.Groups[1].Value : null;

    [GeneratedRegex(@":v?(\d+\.\d+)(?:[.\-+_][^/:]*)?(?:@[^/]*)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
