using System.IO.Pipelines;
using System.Text;
using Mesh.Backends;

namespace Mesh.Transport;

public class Http2OpeningTests
{
    private static readonly byte[] Settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];

    private readonly Pipe _toPeer = new();
    private readonly Pipe _fromPeer = new();

    [Fact]
    public async Task Open_PeerBegins_HandsOnWhatWasReadAndSendsThePrefaceOnce()
    {
        await _fromPeer.Writer.WriteAsync(Settings.Concat(new byte[] { 1, 2, 3 }).ToArray(), Stop);
        await using var stream = await Http2Opening.OpenAsync(Duplex(), Stop);

        var read = new byte[12];
        (await stream.ReadAsync(read.AsMemory(0, 4), Stop)).ShouldBe(4);
        await stream.ReadExactlyAsync(read.AsMemory(4), Stop);
        read.ShouldBe([.. Settings, 1, 2, 3]);

        // The handler's own preface, in two pieces.
        await stream.WriteAsync("PRI * HTTP/2.0"u8.ToArray(), Stop);
        await stream.WriteAsync("\r\n\r\nSM\r\n\r\nrest"u8.ToArray(), Stop);
        await stream.WriteAsync("more"u8.ToArray(), Stop);
        (await SentAsync()).ShouldBe("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nrestmore");
    }

    [Fact]
    public async Task Open_PeerCloses_SaysSo()
    {
        await _fromPeer.Writer.CompleteAsync();

        (await Should.ThrowAsync<IOException>(async () => await Http2Opening.OpenAsync(Duplex(), Stop))).Message.ShouldBe("it closed the connection where HTTP/2 should begin.");
    }

    [Fact]
    public async Task Open_PeerSpeaksHttp11_SaysThatH2cIsNeeded()
    {
        await _fromPeer.Writer.WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray(), Stop);

        (await Should.ThrowAsync<IOException>(async () => await Http2Opening.OpenAsync(Duplex(), Stop))).Message.ShouldStartWith("it answered with something else than HTTP/2.");
    }

    private async Task<string> SentAsync()
    {
        await _toPeer.Writer.CompleteAsync();
        using var reader = new StreamReader(_toPeer.Reader.AsStream(), Encoding.ASCII);
        return await reader.ReadToEndAsync(Stop);
    }

    private DuplexStream Duplex() => new(_fromPeer.Reader.AsStream(), _toPeer.Writer.AsStream());
}
