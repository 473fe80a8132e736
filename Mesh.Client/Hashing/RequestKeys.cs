using System.Buffers;
using System.IO.Hashing;
using System.Net.Http.Headers;
using System.Text;
using Mesh.Affinity;

namespace Mesh.Hashing;

/// <summary>What of a request a pick needs to know: the hash of its <see cref="HashKey"/>, and what tells its client. Hashed as Envoy does (<c>hash_policy.cc</c>), so that both send a key to one place.</summary>
internal static class RequestKeys
{
    private const int OnStack = 256;

    /// <summary>Computed only where the policy asks for it.</summary>
    public static PickHints Of(EffectivePolicy policy, HttpRequestMessage request) => policy.IsKeyed ? Read(policy, request) : default;

    /// <summary>XXH64 of a text's UTF-8 bytes.</summary>
    public static ulong Hash(ReadOnlySpan<char> text, ulong seed = 0)
    {
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        var rented = most > OnStack ? ArrayPool<byte>.Shared.Rent(most) : null;
        var bytes = rented ?? stackalloc byte[OnStack];
        var hash = XxHash64.HashToUInt64(bytes[..Encoding.UTF8.GetBytes(text, bytes)], (long)seed);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return hash;
    }

    private static PickHints Read(EffectivePolicy policy, HttpRequestMessage request) => new(policy.NeedsHash ? OfKey(policy.HashKey!.Value, request) : null)
    {
        Session = policy.SessionAffinity switch
        {
            SessionAffinity.ClientIP => OwnAddress.Hash,
            SessionAffinity.Header => OfHeader(request.Headers, policy.SessionAffinityName),
            _ => null,
        },
        SessionEndpoint = policy.SessionAffinity == SessionAffinity.Cookie ? SessionCookie.Read(request, policy.SessionAffinityName) : null,
    };

    private static ulong? OfKey(HashKey key, HttpRequestMessage request) => key.Kind switch
    {
        HashKeyKind.Header => OfHeader(request.Headers, key.Name!),
        HashKeyKind.Cookie => RequestCookies.Find(request.Headers, key.Name) is { Length: > 0 } value ? Hash(value) : null,
        HashKeyKind.Path => Hash(request.RequestUri!.AbsolutePath),
        _ => OwnAddress.Hash,
    };

    // Several values are hashed in their own order, each with the hash before it as its seed: in whatever order they are sent they are the same key.
    private static ulong? OfHeader(HttpRequestHeaders headers, string name)
    {
        if (!headers.NonValidated.TryGetValues(name, out var values))
        {
            return null;
        }

        if (values.Count == 1)
        {
            return Hash(values.ToString());
        }

        var hash = 0UL;
        foreach (var value in values.Order(StringComparer.Ordinal))
        {
            hash = Hash(value, hash);
        }

        return hash;
    }
}
