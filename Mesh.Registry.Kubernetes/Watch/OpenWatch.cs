using Mesh.Decoding;

namespace Mesh.Watch;

/// <summary>A watch whose answer has begun.</summary>
internal sealed class OpenWatch : IAsyncDisposable
{
    private readonly TransportResponse _response;
    private readonly CancellationTokenSource _guard;

    public OpenWatch(TransportResponse response, IWatchReader reader, CancellationTokenSource guard, long openedAt)
    {
        _response = response;
        _guard = guard;
        Reader = reader;
        OpenedAt = LastAddedAt = openedAt;
    }

    public IWatchReader Reader { get; }

    /// <summary>Whether its events are protobuf.</summary>
    public bool IsProtobuf => _response.IsProtobuf;

    /// <summary>Whether the state is still arriving.</summary>
    public bool InInitialEvents { get; set; }

    /// <summary>The timestamp of the last object of that state.</summary>
    public long LastAddedAt { get; set; }

    /// <summary>The timestamp of its opening.</summary>
    public long OpenedAt { get; }

    /// <summary>Whether anything, a bookmark too, has arrived.</summary>
    public bool HasDelivered { get; set; }

    /// <summary>Ends with the stream's own deadline: a server that should have closed it and did not is taken for lost.</summary>
    public CancellationToken Deadline => _guard.Token;

    /// <summary>Ends when the watch should go on over another connection.</summary>
    public CancellationToken Retired => _response.Retired;

    public async ValueTask DisposeAsync()
    {
        await _response.DisposeAsync().ConfigureAwait(false);
        Reader.Dispose();
        _guard.Dispose();
    }
}
