using System.Text.Json;
using Mesh.Watch;

namespace Mesh.Connector;

/// <summary>
/// Asks a server in which version it serves ServiceExports. A path that is not found says little, a proxy may answer so too; the server's own lists of groups and resources say
/// that a type is not there.
/// </summary>
internal sealed class ExportDiscovery(IWatchTransport transport, WatchTimings timings, TimeProvider timeProvider)
{
    private static readonly WatchTarget Apis = new(new ResourceType("", "v1", "apis"));

    public async Task<ExportApi> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            var groups = await ReadAsync("apis", "groups", static g => (Name(g), Versions(g)), cancellationToken).ConfigureAwait(false);
            foreach (var version in ExportApi.Versions.Where(v => groups.Exists(g => g.Item1 == ExportApi.Group && g.Item2.Contains(v))))
            {
                var resources = await ReadAsync($"apis/{ExportApi.Group}/{version}", "resources", Name, cancellationToken).ConfigureAwait(false);
                if (resources.Contains(ExportApi.Plural)) return new ExportApi.Served(version);
            }

            return new ExportApi.Absent();
        }
        catch (DiscoveryException e)
        {
            return new ExportApi.Unknown(e.Failure);
        }
        catch (WatchTransportException e)
        {
            return Unknown(e.Kind, e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Unknown(WatchFailureKind.Unreachable, $"no answer within {timings.RequestTimeout.TotalSeconds:0.###} s");
        }
        catch (JsonException e)
        {
            return Unknown(WatchFailureKind.Malformed, e.Message);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return Unknown(WatchFailureKind.Unreachable, e.Message);
        }
    }

    private static ExportApi.Unknown Unknown(WatchFailureKind kind, string message) => new(new WatchFailure(kind, "get", Apis, message));

    private async Task<List<T>> ReadAsync<T>(string path, string list, Func<JsonElement, T> convert, CancellationToken cancellationToken)
    {
        using var guard = new ReadGuard(timings.RequestTimeout, timeProvider, cancellationToken);
        var response = await transport.GetAsync(path, WatchRequest.Json, guard.Token).ConfigureAwait(false);
        if (response.StatusCode == 401)
        {
            await using (response.ConfigureAwait(false)) await transport.RenewCredentialsAsync(response, guard.Token).ConfigureAwait(false);
            response = await transport.GetAsync(path, WatchRequest.Json, guard.Token).ConfigureAwait(false);
        }

        await using (response.ConfigureAwait(false))
        {
            if (response.StatusCode != 200) throw new DiscoveryException(await WatchAnswer.ReadAsync("get", Apis, response, guard.Token).ConfigureAwait(false));
            using var body = new MemoryStream();
            var buffer = new byte[16 * 1024];
            for (int read; (read = await response.Body.ReadAsync(buffer, guard.Token).ConfigureAwait(false)) > 0;)
            {
                if (body.Length + read > timings.MaxObjectBytes) throw new JsonException($"the answer to {path} is larger than {timings.MaxObjectBytes} bytes");
                body.Write(buffer, 0, read);
            }

            using var document = JsonDocument.Parse(body.GetBuffer().AsMemory(0, (int)body.Length));
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(list, out var items) && items.ValueKind == JsonValueKind.Array
                ? items.EnumerateArray().Select(convert).ToList()
                : throw new JsonException($"the answer to {path} has no {list}");
        }
    }

    private static string? Name(JsonElement item) => Text(item, "name");

    private static List<string?> Versions(JsonElement group) =>
        group.TryGetProperty("versions", out var versions) && versions.ValueKind == JsonValueKind.Array ? versions.EnumerateArray().Select(static v => Text(v, "version")).ToList() : [];

    private static string? Text(JsonElement item, string property)
    {
        try
        {
            return item.ValueKind == JsonValueKind.Object && item.TryGetProperty(property, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
        }
        catch (InvalidOperationException e)
        {
            // Half of a character: no fault of the JSON to its parser.
            throw new JsonException(e.Message, e);
        }
    }

    private sealed class DiscoveryException(WatchFailure failure) : Exception(failure.Message)
    {
        public WatchFailure Failure { get; } = failure;
    }
}
