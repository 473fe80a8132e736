using System.Net.Sockets;
using System.Text;

namespace Mesh.Backends;

/// <summary>Answers probes (<c>/healthz</c>) with bytes that a test says, on and on where it says so, until the other side goes; and requests with <c>near</c>.</summary>
internal sealed class RawPeer : IAsyncDisposable
{
    private readonly ScriptedPeer _peer;
    private readonly byte[] _first;
    private readonly byte[] _again;
    private long _written;
    private int _open;
    private int _count;

    /// <param name="first">What is said once.</param>
    /// <param name="again">What is said over and over after it; empty: the connection is closed.</param>
    public RawPeer(string first, string again = "")
    {
        (_first, _again) = (Encoding.ASCII.GetBytes(first), Encoding.ASCII.GetBytes(again));
        _peer = new ScriptedPeer(AnswerAsync);
    }

    public int Port => _peer.Port;

    /// <summary>How many probes came.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>How many connections are open.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Bytes written by all connections.</summary>
    public long Written => Interlocked.Read(ref _written);

    public ValueTask DisposeAsync() => _peer.DisposeAsync();

    private async Task AnswerAsync(NetworkStream stream, CancellationToken stop)
    {
        Interlocked.Increment(ref _open);
        try
        {
            var asked = new byte[4096];
            var length = await stream.ReadAsync(asked, stop);
            if (!asked.AsSpan(0, length).StartsWith("GET /healthz"u8))
            {
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nnear"u8.ToArray(), stop);
                return;
            }

            Interlocked.Increment(ref _count);
            await WriteAsync(stream, _first, stop);
            while (_again.Length != 0)
            {
                await WriteAsync(stream, _again, stop);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private async Task WriteAsync(NetworkStream stream, byte[] bytes, CancellationToken stop)
    {
        await stream.WriteAsync(bytes, stop);
        Interlocked.Add(ref _written, bytes.Length);
    }
}
