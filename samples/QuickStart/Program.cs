// Three clusters in two regions, three services in each, and an app in one of them that knows services by name alone.
// Watch where its requests go while pods, a zone and a whole cluster die and come back.
//   dotnet run --project samples/QuickStart             simulated API servers, nothing to install
//   dotnet run --project samples/QuickStart -- --real   real ones of two versions (KUBEBUILDER_ASSETS)
using Mesh;
using Microsoft.Extensions.DependencyInjection;
using QuickStart;

if (args is not ([] or ["--real"]))
{
    Console.Error.WriteLine("usage: QuickStart [--real]\n  --real  real Kubernetes API servers, 1.37 and 1.30 side by side; KUBEBUILDER_ASSETS names their folder");
    return args is ["--help"] or ["-h"] ? 0 : 2;
}

IClusterProvider newer = new SimulatedClusterProvider();
IClusterProvider older = newer;
if (args is ["--real"])
{
    newer = RealClusterProvider.ForVersion("1.37");
    older = RealClusterProvider.ForVersion("1.30");
    if (newer.UnavailableReason is { } reason || (reason = older.UnavailableReason) is not null)
    {
        Console.Error.WriteLine(reason);
        return 2;
    }
}

string[] services = ["orders.sales", "carts.sales", "prices.catalog"];
await using var world = await MeshFixture.StartAsync(m =>
{
    m.Cluster("alpha", region: "eu", zone: "eu-1", provider: newer).Node("n2", zone: "eu-1").Node("n3", zone: "eu-2")
        .Cluster("beta", region: "eu", zone: "eu-3", provider: older)
        .Cluster("gamma", region: "us", zone: "us-1", provider: newer);
    foreach (var service in services)
    {
        m.Service(service, replicas: 3);
    }
});
foreach (var cluster in world.Clusters)
{
    Console.WriteLine($"cluster {cluster.Name,-6} region {cluster.Region}, {(args is [] ? "simulated" : "real")} API server {cluster.ApiServer.Server.Version}, {cluster.Pods().Count} pods");
}

// All or nothing, and at once: that shows the order of places. By default some requests would also go on while it is not known what the pods that are left can carry, and those that are back would
// get their share little by little (docs/spill-over.md).
await using var app = world.App(cluster: "alpha", node: "n1", app => app.ConfigureMesh(mesh => mesh.Configure(options =>
    options.Policy = new ServicePolicyOptions { SpillOver = SpillOver.None, SlowStart = TimeSpan.Zero })));
var alpha = world["alpha"];
await using var load = new SteadyLoad(app.HttpClient, services);
var story = new Story(load);

await story.TellAsync("all is well", () => Task.CompletedTask, served: "alpha eu-1 n1");
await story.TellAsync("the pods of the app's node die", () => alpha.Pods(node: "n1").StopAsync(), served: "alpha eu-1 n2");
await story.TellAsync("the rest of its zone dies", () => alpha.Pods(zone: "eu-1").StopAsync(), served: "alpha eu-2 n3");
await story.TellAsync("the cluster dies: API server and pods, its slices unchanged", () => alpha.StopAsync(), served: "beta eu-3 n1");
await story.TellAsync("the cluster comes back", () => alpha.StartAsync(), served: "alpha eu-1 n1");

return await story.EndAsync();
