using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mesh.Backends;

/// <summary>Answers probes (<c>/healthz</c>) with bytes that a test says, on and on where it says so, until the other side goes; and requests with <c>near</c>.</summary>
internal sealed class RawPeer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly byte[] _first;
    private readonly byte[] _again;
    private readonly Task _serving;
    private long _written;
    private int _open;
    private int _count;

    /// <param name="first">What is said once.</param>
    /// <param name="again">What is said over and over after it; empty: the connection is closed.</param>
    public RawPeer(string first, string again = "")
    {
        (_first, _again) = (Encoding.ASCII.GetBytes(first), Encoding.ASCII.GetBytes(again));
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many probes came.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>How many connections are open.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Bytes written by all connections.</summary>
    public long Written => Interlocked.Read(ref _written);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            _ = AnswerAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        Interlocked.Increment(ref _open);
        try
        {
            using var _ = client;
            await using var stream = client.GetStream();
            var asked = new byte[4096];
            var length = await stream.ReadAsync(asked, _stop.Token);
            if (!asked.AsSpan(0, length).StartsWith("GET /healthz"u8))
            {
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nnear"u8.ToArray(), _stop.Token);
                return;
            }

            Interlocked.Increment(ref _count);
            await WriteAsync(stream, _first);
            while (_again.Length != 0)
            {
                await WriteAsync(stream, _again);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // The other side went, or the test is over.
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private async Task WriteAsync(NetworkStream stream, byte[] bytes)
    {
        await stream.WriteAsync(bytes, _stop.Token);
        Interlocked.Add(ref _written, bytes.Length);
    }
}
