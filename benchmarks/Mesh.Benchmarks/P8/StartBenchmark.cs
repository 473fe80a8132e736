using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Mesh.Benchmarks.P2;
using Mesh.Benchmarks.Reporting;

namespace Mesh.Benchmarks.P8;

/// <summary>What the mesh costs the start of a process that finds every API server down and the last state on disk.</summary>
internal sealed class StartBenchmark : IBenchmark
{
    private const string Serve = "serve";
    private const string Start = "start";
    private const int Services = 10_000;
    private const int Endpoints = 3;
    private const int ManyEndpoints = 10;
    private const int WarmUpRounds = 2;
    private const int Rounds = 15;
    private const double Goal = 100;

    public string Name => "P8";

    public string Title => "from the start of a process to its first routed answer, with every API server down and the last state on disk, beside the same application without the mesh";

    public async Task<BenchmarkReport> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        // Other processes of this program, which have no report of their own.
        if (arguments is [Serve])
        {
            await Server.RunAsync(cancellationToken);
            Environment.Exit(0);
        }

        if (arguments is [Start, ..])
        {
            await StartedApp.RunAsync([.. arguments.Skip(1)], cancellationToken);
        }

        using var native = await NativePrograms.PublishAsync(cancellationToken);
        using var server = await ServerProcess.StartAsync([Name, Serve], cancellationToken);
        using var dead = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        // Bound and not listening: it refuses, and nobody else gets it.
        dead.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var deadPort = ((IPEndPoint)dead.LocalEndPoint!).Port;
        var port = server.Port.ToString(CultureInfo.InvariantCulture);
        using var folder = await KeptStateFolder.WriteAsync(Services, Endpoints, server.Port, deadPort, cancellationToken);
        using var many = await KeptStateFolder.WriteAsync(Services, ManyEndpoints, server.Port, deadPort, cancellationToken);
        using var none = await KeptStateFolder.WriteAsync(0, 0, server.Port, deadPort, cancellationToken);
        Contestant[] contestants =
        [
            new("without the mesh", [Name, Start, StartedApp.Bare, port]),
            new("mesh, one service in memory", [Name, Start, StartedApp.Memory, port]),
            new("the same, and a cluster that is down", [Name, Start, StartedApp.Down, port, none.Path]),
            new(string.Create(CultureInfo.InvariantCulture, $"**mesh, {Services:N0} services × {Endpoints} on disk**"), [Name, Start, StartedApp.State, port, folder.Path]),
            new(string.Create(CultureInfo.InvariantCulture, $"mesh, {Services:N0} services × {ManyEndpoints} on disk"), [Name, Start, StartedApp.State, port, many.Path]),
            .. native.Failure is not null ? [] : new Contestant[]
            {
                new("compiled natively, without the mesh", [port], native.Bare),
                new("compiled natively, mesh, one service in memory", [port], native.Mesh),
            },
        ];
        var rounds = await MeasureAsync(contestants, cancellationToken);
        var more = contestants.Select((_, i) => Median(rounds.Select(r => r[i].Milliseconds - r[0].Milliseconds))).ToArray();
        return new BenchmarkReport(
            more[3] <= Goal,
            string.Create(CultureInfo.InvariantCulture, $"{more[3]:+0;-0;0} ms with {Services:N0} services of {Endpoints} endpoints on disk; {more[4]:+0;-0;0} ms with {ManyEndpoints} each, {more[2]:+0;-0;0} ms with one in memory and a cluster that is down, {more[1]:+0;-0;0} ms with one in memory alone"),
            string.Create(CultureInfo.InvariantCulture, $"≤ +{Goal:0} ms"),
            ["application", "first answer", "more", "CPU until then", "more", "heap", "more"],
            [.. contestants.Select((c, i) => (IReadOnlyList<string>)
            [
                c.Name,
                Figure(Median(rounds.Select(r => r[i].Milliseconds)), "0 ms"),
                Figure(more[i], "+0 ms;-0 ms;0 ms"),
                Figure(Median(rounds.Select(r => r[i].CpuMilliseconds)), "0 ms"),
                Figure(Median(rounds.Select(r => r[i].CpuMilliseconds - r[0].CpuMilliseconds)), "+0 ms;-0 ms;0 ms"),
                Figure(Median(rounds.Select(r => r[i].Megabytes)), "0.0 MB"),
                Figure(Median(rounds.Select(r => r[i].Megabytes - r[0].Megabytes)), "+0.0 MB;-0.0 MB;0.0 MB"),
            ])],
            [
                string.Create(CultureInfo.InvariantCulture, $"A generic host with one client of `IHttpClientFactory`, which asks a Kestrel in another process on loopback once the host has started. {rounds.Count} interleaved rounds after {WarmUpRounds} to warm up, each round in another order; differences are medians of each round's difference to the application without the mesh."),
                string.Create(CultureInfo.InvariantCulture, $"On disk is what `StateDirectory` keeps of one cluster: {folder.StateBytes / 1e6:0.0} MB and {many.StateBytes / 1e6:0.0} MB. The cluster's API server refuses connections. The heap is what is left after a full collection at that moment."),
                "Compiled just in time, as `dotnet run -c Release` does, where not said otherwise.",
                native.Failure is { } failure
                    ? $"Not compiled natively here: {failure}."
                    : string.Create(CultureInfo.InvariantCulture, $"Compiled natively it is one file of {NativePrograms.Megabytes(native.Bare):0.0} MB without the mesh and {NativePrograms.Megabytes(native.Mesh):0.0} MB with it. With the mesh it answers {Median(rounds.Select(r => r[6].Milliseconds - r[5].Milliseconds)):0} ms later than natively without, and {Median(rounds.Select(r => r[1].Milliseconds - r[6].Milliseconds)):0} ms sooner than compiled just in time."),
            ]);
    }

    private static async Task<List<Measured[]>> MeasureAsync(Contestant[] contestants, CancellationToken cancellationToken)
    {
        var rounds = new List<Measured[]>();
        for (var round = -WarmUpRounds; round < Rounds; round++)
        {
            var measured = new Measured[contestants.Length];
            for (var i = 0; i < contestants.Length; i++)
            {
                var turn = (i + round + WarmUpRounds) % contestants.Length;
                measured[turn] = await contestants[turn].StartAsync(cancellationToken);
            }

            if (round >= 0)
            {
                rounds.Add(measured);
            }
        }

        return rounds;
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    private static string Figure(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
