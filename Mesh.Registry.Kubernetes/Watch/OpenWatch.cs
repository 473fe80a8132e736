using Mesh.Decoding;

namespace Mesh.Watch;

/// <summary>A watch whose answer has begun.</summary>
internal sealed class OpenWatch : IAsyncDisposable
{
    private readonly TransportResponse _response;
    private readonly CancellationTokenSource _guard;

    public OpenWatch(TransportResponse response, WatchReader reader, CancellationTokenSource guard, long openedAt)
    {
        _response = response;
        _guard = guard;
        Reader = reader;
        OpenedAt = openedAt;
    }

    public WatchReader Reader { get; }

    /// <summary>The timestamp of its opening.</summary>
    public long OpenedAt { get; }

    /// <summary>Whether anything, a bookmark too, has arrived.</summary>
    public bool HasDelivered { get; set; }

    /// <summary>Ends with the stream's own deadline: a server that should have closed it and did not is taken for lost.</summary>
    public CancellationToken Deadline => _guard.Token;

    public async ValueTask DisposeAsync()
    {
        await _response.DisposeAsync().ConfigureAwait(false);
        Reader.Dispose();
        _guard.Dispose();
    }
}
