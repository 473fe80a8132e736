using System.Globalization;

namespace Mesh.Affinity;

/// <summary>
/// The cookie of <see cref="SessionAffinity.Cookie"/>: it holds the number of an endpoint (<see cref="EndpointState.Id"/>), 16 hexadecimal digits, which say nothing of its address. The client keeps the session; here is no
/// memory of it, and a cookie that was made up leads nowhere.
/// </summary>
internal static class SessionCookie
{
    private const int Digits = 16;

    /// <summary>The endpoint that a request's session is at; <see langword="null"/> where it has no cookie, or none of ours.</summary>
    public static ulong? Read(HttpRequestMessage request, string name) =>
        RequestCookies.Find(request.Headers, name) is { Length: Digits } value && ulong.TryParse(value, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id) ? id : null;

    /// <summary>Sets the cookie on an answer where the policy wants one and the request's names another endpoint, or none.</summary>
    public static void Attach(EffectivePolicy policy, HttpRequestMessage request, EndpointState endpoint, HttpResponseMessage response)
    {
        if (policy.SessionAffinity == SessionAffinity.Cookie && Read(request, policy.SessionAffinityName) != endpoint.Id)
        {
            response.Headers.TryAddWithoutValidation(
                "Set-Cookie",
                string.Create(CultureInfo.InvariantCulture, $"{policy.SessionAffinityName}={endpoint.Id:x16}; Max-Age={(long)policy.SessionAffinityTimeout.TotalSeconds}; Path=/; HttpOnly; SameSite=Lax"));
        }
    }
}
