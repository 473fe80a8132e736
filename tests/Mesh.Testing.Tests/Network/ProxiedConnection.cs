using System.Net;
using System.Net.Sockets;

namespace Mesh.Network;

/// <summary>A target, a fault proxy in front of it, and one connection through it.</summary>
internal sealed class ProxiedConnection : IAsyncDisposable
{
    private readonly Socket _listener;

    private readonly CancellationToken _cancelled;

    private ProxiedConnection(TimeProvider? time, CancellationToken cancelled)
    {
        _cancelled = cancelled;
        _listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Proxy = FaultProxy.Start((IPEndPoint)_listener.LocalEndPoint!, time);
    }

    public FaultProxy Proxy { get; }

    public NetworkLink Link => Proxy.Link;

    public Socket Client { get; private set; } = null!;

    public Socket Target { get; private set; } = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static async Task<ProxiedConnection> OpenAsync(CancellationToken cancelled, TimeProvider? time = null)
    {
        var it = new ProxiedConnection(time, cancelled);
        (it.Client, it.Target) = await it.ConnectAsync();
        return it;
    }

    public async Task<Socket> DialAsync()
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await client.ConnectAsync(Proxy.EndPoint, _cancelled);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    public async Task<Socket> AcceptAsync() => await _listener.AcceptAsync(_cancelled);

    public async Task<(Socket Client, Socket Target)> ConnectAsync()
    {
        // Faults act on connections the proxy has joined: the kernel accepts a moment earlier.
        var before = Link.ConnectionsOpened;
        var client = await DialAsync();
        var target = await AcceptAsync();
        await UntilAsync(() => Link.ConnectionsOpened > before);
        return (client, target);
    }

    public static Task SendAsync(Socket socket, string text) =>
        socket.SendAsync(System.Text.Encoding.ASCII.GetBytes(text), Cancelled).AsTask();

    public static async Task<string> ReceiveAsync(Socket socket, int length)
    {
        var buffer = new byte[length];
        for (var read = 0; read < length;)
        {
            var count = await socket.ReceiveAsync(buffer.AsMemory(read), Cancelled);
            if (count == 0) throw new EndOfStreamException($"The connection ended after {read} of {length} bytes.");
            read += count;
        }

        return System.Text.Encoding.ASCII.GetString(buffer);
    }

    /// <summary>Waits until the socket's peer has reset it.</summary>
    public static async Task ShouldBeResetAsync(Socket socket)
    {
        var e = await Should.ThrowAsync<SocketException>(async () => await socket.ReceiveAsync(new byte[1], Cancelled));
        e.SocketErrorCode.ShouldBe(SocketError.ConnectionReset);
    }

    /// <summary>Waits until a condition of the proxy holds; the test's time-out bounds it.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition()) await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancelled);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Target.Dispose();
        _listener.Dispose();
        await Proxy.DisposeAsync();
    }
}
