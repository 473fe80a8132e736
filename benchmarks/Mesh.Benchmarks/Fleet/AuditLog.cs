using System.Text.Json;

namespace Mesh.Benchmarks.Fleet;

/// <summary>The requests that an API server's audit log tells of, each once.</summary>
internal static class AuditLog
{
    public static async Task<IReadOnlyList<AuditedRequest>> ReadAsync(string path, Predicate<string> user, CancellationToken cancellationToken)
    {
        var requests = new Dictionary<string, AuditedRequest>(StringComparer.Ordinal);

        // The server goes on writing, and was killed before: a line may not be whole.
        using var file = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        while (await file.ReadLineAsync(cancellationToken) is { } line)
        {
            if (!line.StartsWith('{') || !line.EndsWith('}')) continue;
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            var name = root.GetProperty("user").GetProperty("username").GetString()!;
            if (!user(name)) continue;
            var resource = root.TryGetProperty("objectRef", out var reference) && reference.TryGetProperty("resource", out var plural) ? plural.GetString()! : "";
            requests.TryAdd(
                root.GetProperty("auditID").GetString()!,
                new AuditedRequest(root.GetProperty("requestReceivedTimestamp").GetDateTimeOffset(), name, root.GetProperty("verb").GetString()!, resource));
        }

        return [.. requests.Values.OrderBy(static r => r.At)];
    }

    /// <summary>The most requests in any stretch of this length.</summary>
    public static int Peak(IReadOnlyList<AuditedRequest> requests, TimeSpan length)
    {
        var (peak, first) = (0, 0);
        for (var last = 0; last < requests.Count; last++)
        {
            while (requests[last].At - requests[first].At >= length) first++;
            peak = Math.Max(peak, last - first + 1);
        }

        return peak;
    }
}
