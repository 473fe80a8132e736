using System.Net.Http.Headers;

namespace Mesh.Affinity;

/// <summary>Reads a cookie of a request (RFC 6265, 4.2.1) without taking the others apart.</summary>
internal static class RequestCookies
{
    /// <summary>Its value without quotes; <see langword="null"/> where the request has none of this name. Names are case-sensitive; of several the first counts.</summary>
    public static string? Find(HttpRequestHeaders headers, string? name)
    {
        if (!headers.NonValidated.TryGetValues("Cookie", out var lines))
        {
            return null;
        }

        foreach (var line in lines)
        {
            foreach (var range in line.AsSpan().Split(';'))
            {
                var cookie = line.AsSpan()[range].Trim();
                var equals = cookie.IndexOf('=');
                if (equals >= 0 && cookie[..equals].SequenceEqual(name))
                {
                    var value = cookie[(equals + 1)..];
                    return (value.Length >= 2 && value[0] == '"' && value[^1] == '"' ? value[1..^1] : value).ToString();
                }
            }
        }

        return null;
    }
}
