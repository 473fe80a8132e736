using System.Globalization;
using System.Text.Json;
using Mesh.Decoding;

namespace Mesh.Connection;

/// <summary>What a credential plugin gave: the <c>ExecCredential</c> of <c>client.authentication.k8s.io</c>.</summary>
internal sealed class ExecCredential
{
    private ExecCredential()
    {
    }

    public string? Token { get; private init; }

    /// <summary>A client certificate with its chain, PEM.</summary>
    public string? Certificate { get; private init; }

    /// <summary>Its key, PEM.</summary>
    public string? Key { get; private init; }

    /// <summary>When it ends; <see langword="null"/> where it holds until it is refused.</summary>
    public DateTimeOffset? ExpiresAt { get; private init; }

    /// <summary>Reads a plugin's answer.</summary>
    /// <param name="json">The answer; none of it is quoted, as it is a secret.</param>
    /// <param name="apiVersion">The version it was asked in.</param>
    /// <exception cref="KubeconfigException">It is none.</exception>
    public static ExecCredential Parse(ReadOnlyMemory<byte> json, string apiVersion)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || Text(root, "kind") is not "ExecCredential") throw new KubeconfigException("gave no ExecCredential");
            if (Text(root, "apiVersion") != apiVersion) throw new KubeconfigException($"did not answer in {apiVersion}, as it was asked to");
            if (!root.TryGetProperty("status", out var status) || status.ValueKind != JsonValueKind.Object) throw new KubeconfigException("gave an ExecCredential without status");
            var credential = new ExecCredential
            {
                Token = Text(status, "token"),
                Certificate = Text(status, "clientCertificateData"),
                Key = Text(status, "clientKeyData"),
                ExpiresAt = Time(status),
            };
            if (credential.Certificate is null != credential.Key is null) throw new KubeconfigException("gave only one of clientCertificateData and clientKeyData");
            return credential.Token is null && credential.Certificate is null ? throw new KubeconfigException("gave neither a token nor a client certificate") : credential;
        }
        catch (Exception e) when (JsonTokens.IsMalformed(e))
        {
            throw new KubeconfigException("gave something that is no JSON");
        }
    }

    // It holds secrets.
    public override string ToString() => nameof(ExecCredential);

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    private static DateTimeOffset? Time(JsonElement status)
    {
        if (Text(status, "expirationTimestamp") is not { } text) return null;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw new KubeconfigException("gave an expirationTimestamp that is no time");
    }
}
