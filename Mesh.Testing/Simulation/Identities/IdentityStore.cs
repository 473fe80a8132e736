using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mesh.Simulation;

/// <summary>The users of one server: a bearer token for each, and whoever has a client certificate of the server's authority.</summary>
internal sealed class IdentityStore(TestCertificateAuthority authority, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, string> _tokens = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, IssuedToken> _users = new(StringComparer.Ordinal);

    public static IReadOnlyList<string> GroupsOf(string user) => user == "admin" ? [Identity.Administrators] : [];

    public string TokenOf(string user) => _tokens.GetOrAdd(user, name => Issue(new Identity(name, [.. GroupsOf(name), "system:authenticated"]), DateTimeOffset.MaxValue));

    /// <summary>A new token of a ServiceAccount.</summary>
    public string IssueForAccount(string @namespace, string name, DateTimeOffset expires) => Issue(
        new Identity(
            $"system:serviceaccount:{@namespace}:{name}", ["system:serviceaccounts", "system:serviceaccounts:" + @namespace, "system:authenticated"]),
        expires);

    /// <summary>Every token given out so far is refused from now on; asking again gives a new one.</summary>
    public void ExpireTokens()
    {
        _tokens.Clear();
        _users.Clear();
    }

    /// <summary>Who it is; <see langword="null"/> where the credentials are wrong.</summary>
    public Identity? Authenticate(string authorization, X509Certificate2? certificate)
    {
        if (authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            return _users.TryGetValue(authorization[7..].Trim(), out var issued) && issued.Expires > time.GetUtcNow() ? issued.Identity : null;
        if (authorization.Length > 0) return null;
        if (certificate is null) return Identity.Anonymous;
        return IsOurs(certificate) ? Of(certificate) : null;
    }

    private string Issue(Identity identity, DateTimeOffset expires)
    {
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        _users[token] = new IssuedToken(identity, expires);
        return token;
    }

    private static Identity Of(X509Certificate2 certificate)
    {
        var groups = certificate.SubjectName.EnumerateRelativeDistinguishedNames()
            .Where(static part => part.GetSingleElementType().Value == "2.5.4.10").Select(static part => part.GetSingleElementValue()!);
        return new Identity(certificate.GetNameInfo(X509NameType.SimpleName, false), [.. groups, "system:authenticated"]);
    }

    private bool IsOurs(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority.Certificate);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate);
    }
}
