using Mesh.Backends;

namespace Mesh.Probing;

/// <summary>Endpoints that answer probes as nobody should (docs/bad-input.md).</summary>
public class HostileProbeTests
{
    private static readonly string Kilobyte = new('x', 1024);

    public static TheoryData<string, string, string> Answers => new()
    {
        { "headers without end", "HTTP/1.1 200 OK\r\n", $"X-More: {Kilobyte}\r\n" },
        { "a header without end", "HTTP/1.1 200 OK\r\nX-More: ", Kilobyte },
        { "a status line without end", "HTTP/1.1 200 ", Kilobyte },
        { "a flood of 1xx", "", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" },
        { "the end in the middle of a header", "HTTP/1.1 200 OK\r\nX-Mo", "" },
        { "the end before a word", "", "" },
        { "rubbish", "\u0001\u0002\u0003 nothing of HTTP\r\n\r\n", "" },
        { "a redirect to a well one", "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", "" },
        { "a status of nobody's", "HTTP/1.1 999 Fine\r\nContent-Length: 0\r\n\r\n", "" },
        { "a switch of protocols", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n", Kilobyte },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Probe_AnswerIsNone_IsAFailureAndTheConnectionEnds(string what, string first, string again)
    {
        await using var near = new RawPeer(first, again);
        await using var far = await Backend.SayingAsync("far");
        await using var mesh = await StartAsync(near.Port, far.Port, TimeSpan.FromMilliseconds(100));

        await Eventually.BecomesTrue(() => mesh.Explain(near.Port).Health == "probe failed", $"{what} is a failure");

        mesh.Explain(near.Port).Failures.ShouldBe(0);
        mesh.Explain(near.Port).Reason.ShouldNotBeNullOrWhiteSpace();
        (await mesh.Client().GetStringAsync("http://orders.sales/", Stop)).ShouldBe("far");
        await Eventually.BecomesTrue(() => near.Open <= 4, "connections are given up, not kept");
    }

    [Theory]
    [InlineData("Transfer-Encoding: chunked", "400\r\n", "\r\n")]
    [InlineData("Content-Length: 9000000000000000000", "", "")]
    public async Task Probe_BodyWithoutEnd_IsWellAndNotRead(string header, string before, string after)
    {
        await using var near = new RawPeer($"HTTP/1.1 200 OK\r\n{header}\r\n\r\n", $"{before}{Kilobyte}{after}");
        await using var far = await Backend.SayingAsync("far");
        await using var mesh = await StartAsync(near.Port, far.Port, TimeSpan.FromSeconds(1));

        // Not at each moment: on a loaded machine probes may be late.
        await Eventually.BecomesTrue(() => near.Count >= 4 && mesh.Explain(near.Port).Health == "healthy", "it is asked again and again, and well");

        // Each answer is read for a megabyte at most, and what the sockets hold.
        (near.Written / near.Count).ShouldBeLessThan(16 * 1024 * 1024);
        await Eventually.BecomesTrue(() => near.Open < near.Count, "connections are given up, not kept");
    }

    // Only services in use are probed.
    private static async Task<TestMesh> StartAsync(int near, int far, TimeSpan interval)
    {
        var mesh = await NearAndFar.StartAsync([near], [far], options: o =>
        {
            o.Policy.ProbePath = "/healthz";
            o.Policy.ProbeInterval = o.Policy.ProbeTimeout = interval;
        });
        (await mesh.Client().GetStringAsync("http://orders.sales/", Stop)).ShouldBeOneOf("near", "far");
        return mesh;
    }
}
