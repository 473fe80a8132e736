using System.Net;
using System.Net.Sockets;
using System.Text;

namespace NativeApp;

/// <summary>Answers every HTTP/1.1 request on loopback with its name: the least that can be routed to, so that the program's size is the mesh's.</summary>
internal sealed class Backend : IAsyncDisposable
{
    private static readonly byte[] EndOfHead = "\r\n\r\n"u8.ToArray();

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly byte[] _answer;
    private readonly Task _accepting;

    public Backend(string name)
    {
        _answer = Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {name.Length}\r\n\r\n{name}");
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Closes its connections and refuses new ones.</summary>
    public async Task StopAsync()
    {
        await _ending.CancelAsync();
        _listener.Stop();
        await _accepting;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(AnswerAsync(await _listener.AcceptSocketAsync(_ending.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task AnswerAsync(Socket socket)
    {
        using var _ = socket;
        var buffer = new byte[16 * 1024];
        var filled = 0;
        try
        {
            while (await socket.ReceiveAsync(buffer.AsMemory(filled), _ending.Token) is > 0 and var read)
            {
                filled += read;
                if (buffer.AsSpan(0, filled).EndsWith(EndOfHead))
                {
                    filled = 0;
                    await socket.SendAsync(_answer, _ending.Token);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // The program or the connection ends.
        }
    }
}
