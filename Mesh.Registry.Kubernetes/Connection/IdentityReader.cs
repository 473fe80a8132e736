using System.Text.Json;
using Mesh.Decoding;
using Mesh.Watch;

namespace Mesh.Connection;

/// <summary>Asks an API server who it is.</summary>
/// <param name="firstNamespace">The first watched namespace, asked for where kube-system may not be read; or <see langword="null"/>.</param>
internal sealed class IdentityReader(string? firstNamespace)
{
    private const int MaxAnswer = 256 * 1024;
    private static readonly WatchTarget NamespaceTarget = new(new ResourceType("", "v1", "namespaces"));

    /// <exception cref="WatchTransportException">There was no answer that says it.</exception>
    public async Task<ClusterIdentity> ReadAsync(Func<string, CancellationToken, Task<TransportResponse>> get, CancellationToken cancellationToken)
    {
        var version = await StringAsync(get, "version", static (ref r) => Top(ref r, "gitVersion"), cancellationToken).ConfigureAwait(false);
        var uid = await UidAsync(get, "kube-system", cancellationToken).ConfigureAwait(false);
        if (uid is not null || firstNamespace is null) return new ClusterIdentity(uid, null, version);
        var fallback = await UidAsync(get, firstNamespace, cancellationToken).ConfigureAwait(false);
        return new ClusterIdentity(null, fallback is null ? null : $"{firstNamespace}/{fallback}", version);
    }

    private static Task<string?> UidAsync(Func<string, CancellationToken, Task<TransportResponse>> get, string @namespace, CancellationToken cancellationToken) =>
        StringAsync(get, $"api/v1/namespaces/{@namespace}", static (ref r) => Uid(ref r), cancellationToken);

    private static async Task<string?> StringAsync(
        Func<string, CancellationToken, Task<TransportResponse>> get, string path, JsonString take, CancellationToken cancellationToken)
    {
        var response = await get(path, cancellationToken).ConfigureAwait(false);
        await using (response.ConfigureAwait(false))
        {
            if (response.StatusCode is 403 or 404) return null;
            if (response.StatusCode != 200)
            {
                var failure = await WatchAnswer.ReadAsync("get", NamespaceTarget, response, cancellationToken).ConfigureAwait(false);
                throw new WatchTransportException(failure.Kind, failure.Message);
            }

            var buffer = new byte[MaxAnswer];
            var length = await response.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            try
            {
                var reader = new Utf8JsonReader(buffer.AsSpan(0, length));
                return reader.Read() && reader.TokenType == JsonTokenType.StartObject ? take(ref reader) : null;
            }
            catch (Exception e) when (JsonTokens.IsMalformed(e))
            {
                throw new WatchTransportException(WatchFailureKind.Malformed, $"the answer to /{path} is malformed");
            }
        }
    }

    private delegate string? JsonString(ref Utf8JsonReader reader);

    private static string? Top(ref Utf8JsonReader reader, string name)
    {
        string? value = null;
        while (JsonTokens.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals(name)) value = JsonTokens.String(ref reader);
            else JsonTokens.SkipValue(ref reader);
        }

        return string.IsNullOrEmpty(value) ? null : value;
    }

    private static string? Uid(ref Utf8JsonReader reader)
    {
        string? uid = null;
        while (JsonTokens.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("metadata"u8) && JsonTokens.EnterObject(ref reader)) uid = Top(ref reader, "uid");
            else JsonTokens.SkipValue(ref reader);
        }

        return uid;
    }
}
