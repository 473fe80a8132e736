using System.Text.Json.Nodes;

namespace Mesh.Contract;

/// <summary>One watch stream, event by event. Every wait has an end.</summary>
internal sealed class RawWatch(HttpResponseMessage response) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private StreamReader? _reader;

    /// <summary>The next event; <see langword="null"/> at a clean end.</summary>
    public async Task<WatchedEvent?> NextAsync()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        _reader ??= new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        var line = await _reader.ReadLineAsync(cancellationToken).AsTask().WaitAsync(Patience, TimeProvider.System, cancellationToken);
        if (line is null) return null;
        var tree = JsonNode.Parse(line)!.AsObject();
        return new WatchedEvent((string)tree["type"]!, tree["object"]!.AsObject());
    }

    public ValueTask DisposeAsync()
    {
        response.Dispose();
        return ValueTask.CompletedTask;
    }
}
