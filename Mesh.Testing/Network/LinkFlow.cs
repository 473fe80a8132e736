using System.Buffers;
using System.Threading.Channels;

namespace Mesh.Network;

/// <summary>One direction of one connection: reads from the sender's end and delivers to the receiver's as the link allows.</summary>
internal sealed class LinkFlow : IAsyncDisposable
{
    private const int ChunkBytes = 16 * 1024;

    // With this much under way the sender has to wait, as for a TCP window: a black hole must not eat memory.
    private const int ChunksUnderWay = 64;

    private readonly Channel<LinkChunk> _underWay = Channel.CreateBounded<LinkChunk>(
        new BoundedChannelOptions(ChunksUnderWay) { SingleReader = true, SingleWriter = true });

    private readonly LinkEnd _sender;
    private readonly LinkEnd _receiver;
    private readonly LinkDirection _direction;
    private readonly Action _abort;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly ITimer _timer;
    private volatile LinkFlowMode _mode;

    public LinkFlow(LinkEnd sender, LinkEnd receiver, LinkDirection direction, TimeProvider time, Action abort)
    {
        (_sender, _receiver, _direction, _abort, _time) = (sender, receiver, direction, abort, time);
        _timer = time.CreateTimer(static flow => ((LinkFlow)flow!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public LinkDirection Direction => _direction;

    /// <summary>Changes what becomes of the bytes from now on, those under way included.</summary>
    public void Become(LinkFlowMode mode)
    {
        _mode = mode;
        Wake();
    }

    /// <summary>Looks at the link's state again.</summary>
    public void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // A wake-up is pending already, or the flow has ended.
        }
    }

    /// <summary>Runs until the sender has ended and what it sent has gone where it should.</summary>
    public Task RunAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(TakeAsync(cancellationToken), DeliverAsync(cancellationToken));

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync().ConfigureAwait(false);
        while (_underWay.Reader.TryRead(out var chunk)) Return(chunk);
    }

    private async Task TakeAsync(CancellationToken cancellationToken)
    {
        LinkChunk chunk;
        do
        {
            chunk = await ReadAsync(cancellationToken).ConfigureAwait(false);
            await _underWay.Writer.WriteAsync(chunk, cancellationToken).ConfigureAwait(false);
        }
        while (chunk.Kind == LinkChunkKind.Bytes);
        _underWay.Writer.Complete();
    }

    private async ValueTask<LinkChunk> ReadAsync(CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        var kind = LinkChunkKind.Reset;
        try
        {
            var length = await _sender.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (length > 0)
            {
                _direction.CountTaken(length);
                return new LinkChunk(LinkChunkKind.Bytes, buffer, length, _time.GetTimestamp());
            }

            kind = LinkChunkKind.End;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The sender's connection broke: that travels on as a reset.
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return new LinkChunk(kind, null, 0, _time.GetTimestamp());
    }

    private async Task DeliverAsync(CancellationToken cancellationToken)
    {
        await foreach (var chunk in _underWay.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            try
            {
                await DeliverAsync(chunk, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // The receiver is gone: what else the sender sends is answered as a closed port answers.
                Become(LinkFlowMode.AnswerWithReset);
            }
            finally
            {
                Return(chunk);
            }
        }
    }

    private async ValueTask DeliverAsync(LinkChunk chunk, CancellationToken cancellationToken)
    {
        var sent = 0;
        do
        {
            var pass = await PassAsync(chunk, chunk.Length - sent, cancellationToken).ConfigureAwait(false);
            if (_mode != LinkFlowMode.Deliver)
            {
                if (_mode == LinkFlowMode.AnswerWithReset) _sender.Reset();
                return;
            }

            switch (chunk.Kind)
            {
                case LinkChunkKind.End:
                    _receiver.CompleteWrites();
                    break;
                case LinkChunkKind.Reset:
                    _receiver.Reset();
                    break;
                default:
                    await _receiver.WriteAsync(chunk.Buffer.AsMemory(sent, pass), cancellationToken).ConfigureAwait(false);
                    _direction.CountDelivered(pass);
                    sent += pass;
                    break;
            }
        }
        while (sent < chunk.Length);
    }

    /// <summary>Waits until the link lets something of this chunk through, and returns how many bytes.</summary>
    private async ValueTask<int> PassAsync(LinkChunk chunk, int wanted, CancellationToken cancellationToken)
    {
        while (_mode == LinkFlowMode.Deliver)
        {
            var state = _direction.State;
            if (state.Fault == LinkFault.Cut)
            {
                _abort();
                Become(LinkFlowMode.Vanish);
                break;
            }

            var wait = Timeout.InfiniteTimeSpan;
            if (state.Fault == LinkFault.None)
            {
                wait = state.Latency - _time.GetElapsedTime(chunk.TakenAt);
                if (wait <= TimeSpan.Zero)
                {
                    if (wanted == 0) return 0;
                    (var granted, wait) = _direction.Rate.Book(wanted);
                    if (granted > 0) return granted;
                }

                // Timers count whole milliseconds, rounded down: too early would only spin.
                wait = TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
            }

            _timer.Change(wait, Timeout.InfiniteTimeSpan);
            await _wake.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        return 0;
    }

    private static void Return(LinkChunk chunk)
    {
        if (chunk.Buffer is { } buffer) ArrayPool<byte>.Shared.Return(buffer);
    }
}
