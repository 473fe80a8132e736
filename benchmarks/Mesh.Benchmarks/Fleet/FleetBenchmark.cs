using System.Diagnostics;
using System.Globalization;
using k8s;
using k8s.Models;
using Mesh.Benchmarks.Clusters;
using Mesh.Benchmarks.Reporting;

namespace Mesh.Benchmarks.Fleet;

/// <summary>Many connectors that lose one API server and come back to it at once.</summary>
internal sealed class FleetBenchmark : IBenchmark
{
    private const int Connectors = 200;
    private const int Services = 10;
    private const string Account = "system:serviceaccount:bench:reader-";

    // The longest pause of a connector is 30 s, and the server starts in about 5.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Instant = TimeSpan.FromMilliseconds(100);

    // A fleet that came back as one would all be there in the same instant. Many are: a server that starts takes connections some time before it answers them.
    private const int GoalInstant = Connectors / 2;
    private const int GoalRequests = 20;
    private const double GoalSeconds = 60;

    private static readonly int[] Outages = [2, 30];

    public string Name => "Fleet";

    public string Title => "200 connectors come back to one restarted API server";

    public async Task<BenchmarkReport> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        await using var cluster = await FilledCluster.StartAsync(new RealClusterOptions { AuditLog = true }, cancellationToken);
        await cluster.GrowAsync(Services, cancellationToken);
        var folder = Directory.CreateTempSubdirectory("mesh-fleet-");
        var fleet = new List<MeshCatalog>();
        try
        {
            await GrantAsync(cluster, cancellationToken);
            for (var i = 0; i < Connectors; i++)
            {
                var path = Path.Combine(folder.FullName, string.Create(CultureInfo.InvariantCulture, $"{i}"));
                await File.WriteAllTextAsync(path, cluster.Server.GetKubeconfig(string.Create(CultureInfo.InvariantCulture, $"{Account}{i}")), cancellationToken);
                fleet.Add(ConnectedCatalog.Create(path, seed: i));
            }

            await Task.WhenAll(fleet.Select(c => c.StartAsync(cancellationToken)));
            await UntilAsync(fleet, static c => c.IsSynced && IsLive(c), cancellationToken);
            var found = new List<Returned>();
            foreach (var seconds in Outages) found.Add(await LoseAsync(cluster, fleet, TimeSpan.FromSeconds(seconds), cancellationToken));
            return Report(found);
        }
        finally
        {
            await Task.WhenAll(fleet.Select(static c => c.DisposeAsync().AsTask()));
            folder.Delete(recursive: true);
        }
    }

    private static async Task<Returned> LoseAsync(FilledCluster cluster, List<MeshCatalog> fleet, TimeSpan outage, CancellationToken cancellationToken)
    {
        await cluster.Server.StopAsync(cancellationToken);
        await UntilAsync(fleet, static c => !IsLive(c), cancellationToken);
        await Task.Delay(outage, TimeProvider.System, cancellationToken);
        var start = TimeProvider.System.GetUtcNow();
        await cluster.Server.StartAsync(cancellationToken);
        var began = Stopwatch.GetTimestamp();
        using var writer = new ClusterWriter(cluster.KubeconfigPath);
        var generation = (int)outage.TotalSeconds;
        using var content = ClusterWriter.SliceContent(0, generation);
        await writer.ReplaceAsync(0, content, cancellationToken);
        await UntilAsync(fleet, c => IsLive(c) && Has(c, ClusterWriter.AddressOf(0, 0, generation)), cancellationToken);
        var all = Stopwatch.GetElapsedTime(began);
        var requests = (await AuditLog.ReadAsync(cluster.Server.AuditLogPath!, static u => u.StartsWith(Account, StringComparison.Ordinal), cancellationToken)).Where(r => r.At >= start).ToList();
        var firsts = requests.GroupBy(static r => r.User).Select(static g => g.First()).OrderBy(static r => r.At).ToList();
        return new Returned(
            outage, all, requests.Count, requests.GroupBy(static r => r.User).Max(static g => g.Count()), AuditLog.Peak(requests, TimeSpan.FromSeconds(1)),
            AuditLog.Peak(requests, Instant), AuditLog.Peak(firsts, Instant), firsts[^1].At - firsts[0].At, requests.Count(static r => r.Verb == "list"));
    }

    private static BenchmarkReport Report(List<Returned> found)
    {
        var worst = found.Max(static f => f.FirstsPeak);
        var most = found.Max(static f => f.MostOfOne);
        var longest = found.Max(static f => f.All.TotalSeconds);
        return new BenchmarkReport(
            worst <= GoalInstant && most <= GoalRequests && longest <= GoalSeconds,
            string.Create(CultureInfo.InvariantCulture, $"at most {worst} of {Connectors} return within {Instant.TotalMilliseconds:0} ms, {found.Max(static f => f.SecondPeak)} requests per second, {most} requests of one; all are live and have the change {longest:0} s after the start at most"),
            string.Create(CultureInfo.InvariantCulture, $"≤ {GoalInstant} within {Instant.TotalMilliseconds:0} ms, ≤ {GoalRequests} of one, all within {GoalSeconds:0} s"),
            ["server away", "all live again", "first requests spread over", "most of them in 100 ms", "requests in all", "of them lists", "most in 1 s", "most in 100 ms", "most of one"],
            [
                .. found.Select(static f => (IReadOnlyList<string>)
                [
                    Figure(f.Outage.TotalSeconds, "0 s"), Figure(f.All.TotalSeconds, "0.0 s"), Figure(f.Spread.TotalSeconds, "0.0 s"), Figure(f.FirstsPeak, "0"), Figure(f.Requests, "0"),
                    Figure(f.Lists, "0"), Figure(f.SecondPeak, "0"), Figure(f.InstantPeak, "0"), Figure(f.MostOfOne, "0"),
                ]),
            ],
            [
                $"{Connectors} connectors in one process, each with its own catalog, connection and identity, watch one real API server; it is killed, stays away for a while after all have noticed, and is started again. Requests are those that its audit log has since then.",
                "Live again means that all watches are open and that a write made right after the start is in the catalog; the time counts from when the server says that it is ready. A request that came before is one of those counted.",
            ]);
    }

    private static async Task GrantAsync(FilledCluster cluster, CancellationToken cancellationToken)
    {
        using var client = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(cluster.KubeconfigPath));
        var metadata = new V1ObjectMeta { Name = "fleet" };
        var rules = new[] { ("", new[] { "services", "nodes", "namespaces" }), ("discovery.k8s.io", ["endpointslices"]) };
        await client.RbacAuthorizationV1.CreateClusterRoleAsync(
            new V1ClusterRole { Metadata = metadata, Rules = [.. rules.Select(static r => new V1PolicyRule { ApiGroups = [r.Item1], Resources = r.Item2, Verbs = ["get", "list", "watch"] })] },
            cancellationToken: cancellationToken);
        await client.RbacAuthorizationV1.CreateClusterRoleBindingAsync(
            new V1ClusterRoleBinding
            {
                Metadata = metadata,
                RoleRef = new V1RoleRef { ApiGroup = "rbac.authorization.k8s.io", Kind = "ClusterRole", Name = "fleet" },
                Subjects = [new Rbacv1Subject { ApiGroup = "rbac.authorization.k8s.io", Kind = "Group", Name = "system:serviceaccounts" }],
            },
            cancellationToken: cancellationToken);
    }

    private static bool IsLive(MeshCatalog catalog) => catalog.FindCluster(new ClusterId("alpha"))?.Freshness == ClusterFreshness.Live;

    private static bool Has(MeshCatalog catalog, EndpointAddress address)
    {
        if (catalog.Find(new ServiceName(ClusterWriter.Namespace, ClusterWriter.NameOf(0))).Cell.Current is not { } service) return false;
        foreach (var endpoint in service.Endpoints)
        {
            if (endpoint.Address == address) return true;
        }

        return false;
    }

    private static async Task UntilAsync(List<MeshCatalog> fleet, Func<MeshCatalog, bool> condition, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        while (fleet.Count(c => !condition(c)) is var rest and > 0)
        {
            if (Stopwatch.GetElapsedTime(began) > Patience)
            {
                var one = fleet.First(c => !condition(c)).FindCluster(new ClusterId("alpha"));
                throw new TimeoutException($"{rest} of {fleet.Count} are not as they should be after {Patience.TotalSeconds} s; one of them is {one?.Freshness}: {one?.Detail}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
        }
    }

    private static string Figure(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
