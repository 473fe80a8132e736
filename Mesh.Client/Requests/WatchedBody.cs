using System.Buffers;
using System.Net;

namespace Mesh.Requests;

/// <summary>
/// A caller's body on its way to an endpoint. It knows whether it failed by itself, which is no endpoint's fault, and keeps what is read of it up to a limit, so that a small one which can be
/// read only once can be sent again without being waited for at first.
/// </summary>
internal sealed class WatchedBody : HttpContent
{
    private readonly HttpContent _inner;
    private readonly int _limit;
    private ArrayBufferWriter<byte>? _kept;
    private volatile bool _isBegun;
    private volatile bool _isWhole;
    private volatile bool _hasFailed;
    private volatile bool _isAwaited;
    private volatile Task? _copying;
    private volatile CancellationTokenSource? _stop;

    /// <param name="inner">The caller's; never disposed here.</param>
    /// <param name="limit">How many bytes are kept at most; 0 for none.</param>
    public WatchedBody(HttpContent inner, int limit)
    {
        _inner = inner;
        _limit = limit;
        foreach (var (name, values) in inner.Headers.NonValidated)
        {
            Headers.TryAddWithoutValidation(name, values);
        }
    }

    /// <summary>The caller's own content.</summary>
    public HttpContent Inner => _inner;

    /// <summary>Whether the caller's content failed while the connection took what it wrote.</summary>
    public bool HasFailed => _hasFailed;

    /// <summary>Whether the caller's content was waited for when it was last looked at, and not the connection: all that came of it has been taken.</summary>
    public bool IsAwaited => _isAwaited;

    /// <summary>Whether another try would find all of it: nobody has read of it, or all of it is kept.</summary>
    public bool CanBeSentAgain => !_isBegun || _isWhole || RetryRules.IsReplayable(_inner);

    /// <summary>Ends the copy that is under way, if there is one, and waits until nobody reads the caller's content any more.</summary>
    /// <param name="bound">How long it is waited for.</param>
    /// <param name="timeProvider">Measures it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns><see langword="false"/>: it is still read, so it cannot be sent again.</returns>
    public async ValueTask<bool> StopAsync(TimeSpan bound, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        if (_copying is not { IsCompleted: false } copying)
        {
            return true;
        }

        try
        {
            if (_stop is { } stop)
            {
                await stop.CancelAsync().ConfigureAwait(false);
            }
        }
        catch (ObjectDisposedException)
        {
            // It ended at the same moment.
        }

        await copying.WaitAsync(bound, timeProvider, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        return copying.IsCompleted;
    }

    /// <summary>A piece has been taken by the connection.</summary>
    public void Taken() => _isAwaited = true;

    /// <summary>A piece is about to be written to the connection.</summary>
    public void Keep(ReadOnlySpan<byte> piece)
    {
        _isAwaited = false;
        if (_kept is not { } kept)
        {
            return;
        }

        if (kept.WrittenCount + piece.Length > _limit)
        {
            _kept = null;
            return;
        }

        kept.Write(piece);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        _copying = CopyAsync(_copying, stream, context, cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        length = _inner.Headers.ContentLength.GetValueOrDefault();
        return _inner.Headers.ContentLength is not null;
    }

    private async Task CopyAsync(Task? before, Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (before is { IsCompleted: false })
        {
            // What a connection did not take the HTTP handler sends again by itself: not while the copy for the first is still reading.
            await before.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }

        if (_isWhole)
        {
            await stream.WriteAsync(_kept!.WrittenMemory, cancellationToken).ConfigureAwait(false);
            return;
        }

        _isBegun = true;
        _kept = _limit > 0 && !RetryRules.IsReplayable(_inner) ? new ArrayBufferWriter<byte>() : null;
        var target = new WatchedBodyStream(stream, this);
        _isAwaited = true;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _stop = stop;
        try
        {
            await _inner.CopyToAsync(target, context, stop.Token).ConfigureAwait(false);
            _isAwaited = false;
            _isWhole = _kept is not null;
        }
        catch when (!target.HasFailed && !stop.IsCancellationRequested)
        {
            _hasFailed = true;
            throw;
        }
    }
}
