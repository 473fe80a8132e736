using System.Net.Sockets;
using Mesh.Backends;
using Mesh.Telemetry;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Mesh.Requests;

/// <summary>RFC 9113, 8.7: what an HTTP/2 server says that it did not process may be sent elsewhere, whatever the method.</summary>
public class RefusedStreamTests
{
    private const byte Headers = 1;
    private const byte Reset = 3;
    private const byte Settings = 4;
    private const byte GoAway = 7;

    [Theory]
    [InlineData("refused", "POST", 10)]
    [InlineData("left out", "POST", 10)]
    [InlineData("left out", "POST", 0)]
    [InlineData("left out", "GET", 0)]
    [InlineData("left out", "POST", 40_000)]
    public async Task Send_NotProcessed_GoesElsewhereWithoutARetryAndBlamesNobody(string how, string method, int length)
    {
        await using var near = new ScriptedPeer((stream, cancellationToken) => SpeakAsync(stream, how, cancellationToken));
        await using var far = await Backend.StartAsync(
            static async context =>
            {
                var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body, context.RequestAborted);
                await context.Response.Body.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"far {body.Length}"));
            },
            HttpProtocols.Http2);
        await using var mesh = await StartAsync(near, far);
        using var repicks = Instrument.Of<long>(mesh, "mesh.client.repicks");
        using var retries = Instrument.Of<long>(mesh, "mesh.client.retries");
        using var request = Request(method, length == 0 ? null : new ByteArrayContent(new byte[length]));

        using var response = await mesh.Client().SendAsync(request, Stop);

        (await response.Content.ReadAsStringAsync(Stop)).ShouldBe($"far {length}");
        (repicks.Total(), retries.Total()).ShouldBe((1, 0));
        mesh.Explain(near.Port).Failures.ShouldBe(0);
        mesh.Explain(near.Port).Health.ShouldBe("healthy");
        mesh.Explain(near.Port).InFlight.ShouldBe(0);
    }

    [Theory]
    [InlineData("processed", 0)]
    [InlineData("processed", 10)]
    [InlineData("processed", 40_000)]
    [InlineData("broken", 10)]
    [InlineData("broken", 40_000)]
    public async Task Post_MayHaveBeenProcessed_IsNotSentAgain(string how, int length)
    {
        await using var near = new ScriptedPeer((stream, cancellationToken) => SpeakAsync(stream, how, cancellationToken));
        await using var far = await Backend.StartAsync(protocols: HttpProtocols.Http2);
        await using var mesh = await StartAsync(near, far);
        using var request = Request("POST", length == 0 ? null : new ByteArrayContent(new byte[length]));

        await Should.ThrowAsync<MeshRoutingException>(mesh.Client().SendAsync(request, Stop));

        mesh.Explain(near.Port).Failures.ShouldBe(1);
        far.Count.ShouldBe(0);
    }

    [Fact]
    public async Task Post_NotProcessedAndItsBodyCanBeReadOnlyOnce_IsNotSentElsewhere()
    {
        await using var near = new ScriptedPeer((stream, cancellationToken) => SpeakAsync(stream, "body begun", cancellationToken));
        await using var far = await Backend.StartAsync(protocols: HttpProtocols.Http2);
        await using var mesh = await StartAsync(near, far);
        using var request = Request("POST", new StreamContent(new OneWayStream(new byte[40_000])));

        await Should.ThrowAsync<Exception>(mesh.Client().SendAsync(request, Stop));

        mesh.Explain(near.Port).Failures.ShouldBe(0);
        far.Count.ShouldBe(0);
    }

    [Fact]
    public void Is_ABodyThatCouldNotBeWritten_IsNoAnswerOfThatKind()
    {
        var said = new HttpProtocolException(2, "The server reset the stream.", null);
        using var content = new ByteArrayContent([1]);

        // As the framework puts it where what it writes to is reset.
        UnprocessedRequest.Is(Should.Throw<HttpRequestException>(() => content.CopyTo(new ResettingStream(said), null, Stop))).ShouldBeFalse();
    }

    private static Task<TestMesh> StartAsync(ScriptedPeer near, Backend far) => NearAndFar.StartAsync([near.Port], [far.Port]);

    private static HttpRequestMessage Request(string method, HttpContent? content) => new(new HttpMethod(method), "http://orders.sales/")
    {
        Version = new Version(2, 0),
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Content = content,
    };

    private static async Task SpeakAsync(NetworkStream stream, string how, CancellationToken cancellationToken)
    {
        await stream.ReadExactlyAsync(new byte[24], cancellationToken);
        await WriteAsync(Settings, 0, 0, []);
        var header = new byte[9];
        while (true)
        {
            await stream.ReadExactlyAsync(header, cancellationToken);
            await stream.ReadExactlyAsync(new byte[(header[0] << 16) | (header[1] << 8) | header[2]], cancellationToken);
            var id = header[8];
            if (header[3] == Settings && (header[4] & 1) == 0)
            {
                await WriteAsync(Settings, 1, 0, []);
            }

            // In one case it has taken of the body before it refuses.
            if (header[3] != (how == "body begun" ? 0 : Headers))
            {
                continue;
            }

            switch (how)
            {
                case "refused":
                    await WriteAsync(Reset, 0, id, [0, 0, 0, 7]);
                    break;
                case "broken":
                    await WriteAsync(Reset, 0, id, [0, 0, 0, 2]);
                    break;
                default:
                    await WriteAsync(GoAway, 0, 0, [0, 0, 0, how == "processed" ? id : (byte)0, 0, 0, 0, 0]);
                    if (how == "processed")
                    {
                        stream.Socket.Shutdown(SocketShutdown.Send);
                    }

                    break;
            }
        }

        ValueTask WriteAsync(byte type, byte flags, byte id, byte[] payload) =>
            stream.WriteAsync((byte[])[0, 0, (byte)payload.Length, type, flags, 0, 0, 0, id, .. payload], cancellationToken);
    }

    private sealed class ResettingStream(Exception failure) : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count) => throw failure;

        public override void Write(ReadOnlySpan<byte> buffer) => throw failure;
    }
}
