using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Mesh.RealServers;

/// <summary>Makes etcd forget its past, by the JSON gateway of its API.</summary>
internal static class EtcdCompaction
{
    public static async Task RunAsync(int port, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/v3/kv/")) };

        // Any answer says which revision it is at; that no such key is there does not matter.
        using var answer = JsonDocument.Parse(await PostAsync(client, "range", """{"key":"AA=="}""", cancellationToken).ConfigureAwait(false));
        var revision = answer.RootElement.GetProperty("header").GetProperty("revision").GetString();
        await PostAsync(client, "compaction", $$"""{"revision":"{{revision}}","physical":true}""", cancellationToken).ConfigureAwait(false);
    }

    private static async Task<string> PostAsync(HttpClient client, string call, string body, CancellationToken cancellationToken)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(new Uri(call, UriKind.Relative), content, cancellationToken).ConfigureAwait(false);
        var text = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
        return response.IsSuccessStatusCode ? text : throw new HttpRequestException($"etcd answered {(int)response.StatusCode} to {call}: {text}");
    }
}
