using System.Net;
using System.Net.Sockets;

namespace Mesh.Backends;

/// <summary>Answers every request with good headers and a body that ends before its announced length. Closes in order, so that the headers always arrive.</summary>
internal sealed class BreakingPeer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _serving;

    public BreakingPeer()
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _serving = ServeAsync();
    }

    public int Port { get; }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _listener.Dispose();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            using var client = await _listener.AcceptTcpClientAsync();
            await using var stream = client.GetStream();
            if (await stream.ReadAsync(new byte[4096]) > 0)
            {
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegin"u8.ToArray());
                client.Client.Shutdown(SocketShutdown.Send);
            }
        }
    }
}
