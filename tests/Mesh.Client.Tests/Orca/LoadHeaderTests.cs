using Grpc.Core;
using Mesh.Backends;
using Mesh.Greeting;
using Mesh.Grpc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Mesh.Orca;

/// <summary>What backends say of their load with real answers moves where requests go: 5 : 3 of one that says 0.3 and one that says 0.5.</summary>
public class LoadHeaderTests
{
    private const int Count = 80;

    private readonly FakeTimeProvider _clock = new();

    public static TheoryData<string, string, string> Forms => new()
    {
        { "endpoint-load-metrics", "TEXT cpu_utilization=0.3,rps_fractional=30", "TEXT cpu_utilization=0.5,rps_fractional=30" },
        { "endpoint-load-metrics", """JSON {"cpu_utilization":0.3,"rps_fractional":30}""", """JSON {"application_utilization":0.5,"rps_fractional":30}""" },
        { "endpoint-load-metrics", "BIN " + Binary(0.3), "BIN " + Binary(0.5) },
        { "endpoint-load-metrics-bin", Binary(0.3), Binary(0.5) },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Send_BackendsReport_SharesFollow(string header, string first, string second)
    {
        await using var one = await ReportingAsync(header, first);
        await using var other = await ReportingAsync(header, second);
        await using var mesh = await StartAsync(one, other);

        (await SharesAfterBlackoutAsync(mesh, one, other, () => mesh.Client().GetStringAsync("http://orders.sales/", Stop))).ShouldBe((Count * 5 / 8, Count * 3 / 8));
    }

    [Fact]
    public async Task Send_WithATimeLimit_ReportsAreReadToo()
    {
        await using var one = await ReportingAsync("endpoint-load-metrics", "TEXT cpu_utilization=0.3,rps_fractional=30");
        await using var other = await ReportingAsync("endpoint-load-metrics", "TEXT cpu_utilization=0.5,rps_fractional=30");
        await using var mesh = await StartAsync(o => o.Policy.TryTimeout = TimeSpan.FromMinutes(50), one, other);

        (await SharesAfterBlackoutAsync(mesh, one, other, () => mesh.Client().GetStringAsync("http://orders.sales/", Stop))).ShouldBe((Count * 5 / 8, Count * 3 / 8));
    }

    [Fact]
    public async Task Send_OneSendsRubbish_RequestsSucceedAndItWeighsTheMean()
    {
        await using var one = await ReportingAsync("endpoint-load-metrics", "JSON {" + new string('[', 2000));
        await using var other = await ReportingAsync("endpoint-load-metrics", "TEXT cpu_utilization=0.5,rps_fractional=30");
        await using var mesh = await StartAsync(one, other);

        (await SharesAfterBlackoutAsync(mesh, one, other, () => mesh.Client().GetStringAsync("http://orders.sales/", Stop))).ShouldBe((Count / 2, Count / 2));
    }

    [Fact]
    public async Task Call_GrpcBackendsReportInTrailers_SharesFollow()
    {
        await using var one = await GrpcAsync(0.3);
        await using var other = await GrpcAsync(0.5);
        await using var mesh = await StartAsync(one, other, s => s.AddGrpcClient<Greeter.GreeterClient>(static o => o.Address = new Uri("http://orders.sales")));
        var client = mesh.Services.GetRequiredService<Greeter.GreeterClient>();

        (await SharesAfterBlackoutAsync(mesh, one, other, async () => (await client.GreetAsync(new GreetRequest { Name = "x" }, cancellationToken: Stop)).Text))
            .ShouldBe((Count * 5 / 8, Count * 3 / 8));
    }

    private async Task<(int One, int Other)> SharesAfterBlackoutAsync(TestMesh mesh, Backend one, Backend other, Func<Task<string>> send)
    {
        // The binary header of plain answers is found at a backend's first answer or at its sixteenth.
        for (var i = 0; i < 40; i++)
        {
            await send();
        }

        _clock.Advance(TimeSpan.FromSeconds(11));
        var before = (one.Count, other.Count);
        for (var i = 0; i < Count; i++)
        {
            await send();
        }

        mesh.Explain(one.Port).InFlight.ShouldBe(0);
        return Near((one.Count - before.Item1, other.Count - before.Item2));
    }

    // A rotation keeps its shares to within two or so.
    private static (int One, int Other) Near((int One, int Other) counts) =>
        Math.Abs(counts.One - Count * 5 / 8) <= 2 ? (Count * 5 / 8, Count * 3 / 8) : Math.Abs(counts.One - Count / 2) <= 2 ? (Count / 2, Count / 2) : counts;

    private static string Binary(double cpu) => Convert.ToBase64String(OrcaReportTests.Message([(1, cpu), (6, 30)])).TrimEnd('=');

    private static Task<Backend> ReportingAsync(string header, string value) => Backend.StartAsync(context =>
    {
        context.Response.Headers[header] = value;
        return context.Response.WriteAsync("hello");
    });

    private static Task<Backend> GrpcAsync(double cpu) => Backend.StartAsync(
        app =>
        {
            app.Use((context, next) =>
            {
                context.Response.DeclareTrailer("endpoint-load-metrics-bin");
                context.Response.AppendTrailer("endpoint-load-metrics-bin", Binary(cpu));
                return next(context);
            });
            app.MapGrpcService<GreeterService>();
        },
        Microsoft.AspNetCore.Server.Kestrel.Core.HttpProtocols.Http2,
        static services => services.AddGrpc());

    private Task<TestMesh> StartAsync(Backend one, Backend other, Action<IServiceCollection>? configure = null) => StartAsync(static _ => { }, one, other, configure);

    private Task<TestMesh> StartAsync(Action<MeshOptions> options, Backend one, Backend other, Action<IServiceCollection>? configure = null) => TestMesh.StartAsync(
        services =>
        {
            services.AddSingleton<TimeProvider>(_clock);
            configure?.Invoke(services);
        },
        mesh => mesh.Configure(o =>
        {
            o.Policy.LoadBalancing = "weighted-by-utilization";
            o.Policy.ConnectTimeout = TimeSpan.FromMinutes(1);
            options(o);
        }),
        one,
        other);

    private sealed class GreeterService : Greeter.GreeterBase
    {
        public override Task<GreetReply> Greet(GreetRequest request, ServerCallContext context) => Task.FromResult(new GreetReply { Text = "hello" });
    }
}
