using Microsoft.Extensions.DependencyInjection;

namespace Mesh;

/// <summary>A watched cluster is drained by a file while apps run, and taken back.</summary>
public class DrainTests
{
    private const string Url = "http://orders.sales/";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Drain_ByAFileWhileRunning_MovesTheShareAndBackAndNoRequestFails()
    {
        await using var mesh = await MeshFixture.StartAsync(
            static m => m.Cluster("alpha", region: "eu", zone: "eu-1").Cluster("beta", region: "eu", zone: "eu-2").Service("orders.sales", replicas: 2),
            Stop);
        var folder = Directory.CreateTempSubdirectory("mesh-drain-").FullName;
        try
        {
            var file = Path.Combine(folder, "drain.json");
            await WriteAsync(file, 0);
            await using var app = mesh.App(cluster: "alpha", node: "n1", o => o.ConfigureMesh(m => m.AddFile(file)));
            (await app.SendAsync(50, Url, cancellationToken: Stop)).ShouldAllBeServedBy("alpha");
            await using var load = app.StartLoad([Url]);

            await WriteAsync(file, 100);
            await app.WaitUntilAsync(() => DrainOf(app) == 100, Stop);
            (await app.SendAsync(50, Url, cancellationToken: Stop)).ShouldAllBeServedBy("beta");
            app.FreshnessOf("alpha").ShouldBe(ClusterFreshness.Live);

            await WriteAsync(file, 0);
            await app.WaitUntilAsync(() => DrainOf(app) == 0, Stop);
            (await app.SendAsync(50, Url, cancellationToken: Stop)).ShouldAllBeServedBy("alpha");
            (await load.StopAsync()).ShouldAllSucceed();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static int DrainOf(FixtureApp app) => app.Explain(Url).Clusters.Single(static c => c.Cluster.Name == "alpha").Drain;

    // Moved into place whole, as whoever changes a file under a running program should.
    private static async Task WriteAsync(string file, int percent)
    {
        await File.WriteAllTextAsync(file + ".new", $$"""{ "clusters": { "alpha": { "drain": {{percent}} } } }""", Stop);
        File.Move(file + ".new", file, overwrite: true);
    }
}
