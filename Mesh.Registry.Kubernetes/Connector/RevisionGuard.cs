using System.Collections.Concurrent;
using System.Text.Json;
using Mesh.Decoding;
using Mesh.Watch;

namespace Mesh.Connector;

/// <summary>
/// Notices that a cluster has gone back in time (its etcd restored from a backup): a server takes a watch from a version that it has not reached yet and sends nothing until it
/// has, so the watcher would go on with objects that are no more. Before a watch is resumed, the server is asked how far it is; a list just read says so itself.
/// </summary>
/// <remarks>Versions of one cluster are numbers, larger = newer (promised since 1.35, so in every version of etcd's). What is no number is not compared.</remarks>
internal sealed class RevisionGuard(IWatchTransport transport, int maxObjectBytes) : IWatchTransport
{
    // By path: what has just been listed needs no question.
    private readonly ConcurrentDictionary<string, bool> _listed = new(StringComparer.Ordinal);

    public async Task<TransportResponse> GetAsync(string pathAndQuery, string accept, CancellationToken cancellationToken)
    {
        var question = pathAndQuery.IndexOf('?', StringComparison.Ordinal);
        var path = question < 0 ? pathAndQuery : pathAndQuery[..question];
        var query = question < 0 ? [] : pathAndQuery[(question + 1)..].Split('&');
        if (!query.Contains("watch=true") || query.Contains("sendInitialEvents=true"))
        {
            _listed[path] = true;
        }
        else if (!_listed.TryRemove(path, out _)
            && query.FirstOrDefault(static q => q.StartsWith("resourceVersion=", StringComparison.Ordinal)) is { } version
            && await CheckAsync(path, query, Uri.UnescapeDataString(version["resourceVersion=".Length..]), cancellationToken).ConfigureAwait(false) is { } refusal)
        {
            return refusal;
        }

        return await transport.GetAsync(pathAndQuery, accept, cancellationToken).ConfigureAwait(false);
    }

    public Task RenewCredentialsAsync(TransportResponse refused, CancellationToken cancellationToken) => transport.RenewCredentialsAsync(refused, cancellationToken);

    /// <summary>Whether a version is surely older than another one of the same cluster.</summary>
    public static bool IsOlder(string version, string other) =>
        IsNumber(version) && IsNumber(other) && (version.Length < other.Length || (version.Length == other.Length && string.CompareOrdinal(version, other) < 0));

    private static bool IsNumber(string version) => version.Length > 0 && version[0] != '0' && version.All(char.IsAsciiDigit);

    /// <summary>The server's refusal, which is its answer to the watch too; <see langword="null"/> where the watch may be opened.</summary>
    private async Task<TransportResponse?> CheckAsync(string path, string[] query, string known, CancellationToken cancellationToken)
    {
        // What narrows the watch narrows this too: a role may allow no more.
        var selectors = query.Where(static q => q.StartsWith("labelSelector=", StringComparison.Ordinal) || q.StartsWith("fieldSelector=", StringComparison.Ordinal));
        var response = await transport.GetAsync($"{path}?{string.Join('&', selectors.Prepend("limit=1"))}", "application/json", cancellationToken).ConfigureAwait(false);

        // A server that asks to come later means the watch as well. Only who may not list any more may still be allowed to watch.
        if (response.StatusCode is not (200 or 403)) return response;
        await using (response.ConfigureAwait(false))
        {
            if (response.StatusCode == 200
                && await ReadVersionAsync(response.Body, cancellationToken).ConfigureAwait(false) is { } now && IsOlder(now, known))
            {
                throw new WatchTransportException(
                    WatchFailureKind.TooLarge, $"the server is at version {now}, and version {known} was read from it before: its data was put back to an earlier state");
            }
        }

        return null;
    }

    private async Task<string?> ReadVersionAsync(Stream body, CancellationToken cancellationToken)
    {
        using var reader = new ListReader(body, maxObjectBytes);
        try
        {
            do
            {
                while (reader.TryRead(out _) is ObjectRead.Value or ObjectRead.TooLarge)
                {
                }
            }
            while (await reader.FillAsync(cancellationToken).ConfigureAwait(false));
            return reader.Metadata().ResourceVersion;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
