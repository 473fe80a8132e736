using System.Globalization;
using System.Text;
using Mesh.Servers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Mesh.Connector;

/// <summary>A server that sends what no API server would, beside a good one: it costs its own cluster, is named once, and the other one's services go on.</summary>
public sealed class HostileClusterTests : IAsyncLifetime
{
    private const string Services = "/api/v1/services";
    private const string Slices = "/apis/discovery.k8s.io/v1/endpointslices";

    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogCollector _logs = new();
    private readonly LoggerFactory _loggers;
    private readonly TestMesh _mesh;
    private TestCluster _good = null!;
    private MeshCatalog? _catalog;

    public HostileClusterTests()
    {
        _loggers = new LoggerFactory([new FakeLoggerProvider(_logs)]);
        _mesh = new TestMesh(_time);
        _mesh.Services.AddSingleton<ILoggerFactory>(_loggers);
    }

    private MeshCatalog Catalog => _catalog!;

    private string[] Warnings => [.. _logs.GetSnapshot().Where(static l => l.Level >= LogLevel.Warning).Select(static l => l.Message)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _good = await TestCluster.StartAsync(name: "beta");
        await _good.AddServiceAsync("orders");
        await _good.AddSliceAsync("orders", "orders-a", ["10.2.0.1"]);
        _mesh.AddKubernetesCluster("beta", o =>
        {
            o.KubeconfigPath = _good.KubeconfigPath;
            o.RequestTimeout = TimeSpan.FromMinutes(10);
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_catalog is not null) await _catalog.DisposeAsync();
        await _mesh.DisposeAsync();
        await _good.DisposeAsync();
        _loggers.Dispose();
    }

    [Theory]
    [InlineData("rubbish", "not Kubernetes' protocol")]
    [InlineData("a web page", "not Kubernetes' protocol")]
    [InlineData("rubbish as protobuf", "not Kubernetes' protocol")]
    [InlineData("a redirect", "307")]
    [InlineData("objects without end", "more than the 1000 objects allowed (MaxObjects)")]
    public async Task Server_SendsWhatItMayNot_IsNamedOnceAndTheOtherClusterGoesOn(string what, string said)
    {
        await using var hostile = await WireServer.StartAsync(context => AnswerAsync(context, what));
        await StartAsync(hostile);
        await UntilAsync(() => IsLive("beta") && Warnings.Any(w => w.Contains(said, StringComparison.Ordinal)));

        await _good.ChangeSliceAsync("orders-a", static s => s.Endpoints[0].Addresses = ["10.2.0.2"]);
        await UntilAsync(() => Addresses("orders") == "10.2.0.2");
        var asked = hostile.Requests.Count;
        await UntilAsync(() => hostile.Requests.Count > asked + 5);

        Catalog.FindCluster(new ClusterId("alpha"))!.Freshness.ShouldBe(ClusterFreshness.Connecting);
        Catalog.Services.ShouldAllBe(static s => s.Contributions.All(static c => c.Cluster == new ClusterId("beta")));
        Warnings.ShouldAllBe(static w => w.Contains("alpha", StringComparison.Ordinal));
        Warnings.ShouldBeUnique();
        Catalog.Sources.Single(static s => s.Name == "kubernetes/beta").Failure.ShouldBeNull();
    }

    [Fact]
    public async Task Server_HasAClockOfItsOwn_IsWatchedAllTheSame()
    {
        await using var server = await WireServer.StartAsync(static async context =>
        {
            context.Response.Headers.Date = "Thu, 01 Jan 1970 00:00:00 GMT";
            var body = context.Request.Path.Value switch
            {
                Services => """{"metadata":{"name":"stock","namespace":"sales","resourceVersion":"7","creationTimestamp":"9999-12-31T23:59:59Z"},"spec":{"ports":[{"port":80}]}}""",
                Slices => """{"metadata":{"name":"stock-a","namespace":"sales","resourceVersion":"8","creationTimestamp":"0001-01-01T00:00:00Z","deletionTimestamp":"nonsense","labels":{"kubernetes.io/service-name":"stock"}},"addressType":"IPv4","ports":[{"port":8080}],"endpoints":[{"addresses":["10.1.0.1"]}]}""",
                _ => "",
            };
            await ListOrWatchAsync(context, body);
        });
        await StartAsync(server);

        await UntilAsync(() => IsLive("alpha") && Addresses("stock") == "10.1.0.1");
    }

    [Fact]
    public async Task Server_HasEndpointsThatItMayNotContribute_TheyAreLeftOutAndNamedOnce()
    {
        await using var server = await WireServer.StartAsync(static context => ListOrWatchAsync(context, context.Request.Path.Value switch
        {
            Services => """{"metadata":{"name":"stock","namespace":"sales","resourceVersion":"7"},"spec":{"ports":[{"port":80}]}}""",
            Slices => """{"metadata":{"name":"stock-a","namespace":"sales","resourceVersion":"8","labels":{"kubernetes.io/service-name":"stock"}},"addressType":"IPv4","ports":[{"port":8080}],"endpoints":[{"addresses":["127.0.0.1"]},{"addresses":["169.254.169.254"]},{"addresses":["169.254.7.7"]},{"addresses":["10.1.0.1"]}]}""",
            _ => "",
        }));
        await StartAsync(server);
        await UntilAsync(() => IsLive("alpha") && Warnings.Length > 0);

        Addresses("stock").ShouldBe("10.1.0.1");
        var problem = Catalog.Problems.Single(static p => p.Subject == "EndpointSlice sales/stock-a").Message;
        problem.ShouldContain("3 of 4 endpoints left out");
        problem.ShouldContain("127.0.0.1 is a loopback address");
        problem.ShouldContain("169.254.169.254 is the metadata address");
        problem.ShouldContain("169.254.7.7 is a link-local address");
        Warnings.ShouldHaveSingleItem().ShouldContain("EndpointSlice sales/stock-a");
    }

    private async Task StartAsync(WireServer server)
    {
        _mesh.AddKubernetesCluster("alpha", o =>
        {
            o.KubeconfigPath = server.KubeconfigPath;
            o.RequestTimeout = TimeSpan.FromMinutes(10);
            o.MaxObjects = 1_000;
        });
        _catalog = new MeshCatalog(_mesh.Provider.GetServices<ICatalogSource>(), new MeshCatalogOptions { Seed = 1 }, _time, _loggers);
        await _catalog.StartAsync(Token);
    }

    private bool IsLive(string cluster) => Catalog.FindCluster(new ClusterId(cluster))?.Freshness == ClusterFreshness.Live;

    private string Addresses(string service)
    {
        var addresses = new List<string>();
        if (Catalog.Find(new ServiceName("sales", service)).Cell.Current is { } found)
        {
            foreach (var endpoint in found.Endpoints) addresses.Add(endpoint.Address.ToString());
        }

        return string.Join(' ', addresses);
    }

    private static Task AnswerAsync(HttpContext context, string what)
    {
        switch (what)
        {
            case "rubbish":
                context.Response.ContentType = "application/json";
                return context.Response.WriteAsync("!!{[nothing that anybody");
            case "a web page":
                context.Response.ContentType = "text/html";
                return context.Response.WriteAsync("<html><body>Log in first</body></html>");
            case "rubbish as protobuf":
                context.Response.ContentType = context.Request.Query.ContainsKey("watch") ? "application/vnd.kubernetes.protobuf;stream=watch" : "application/vnd.kubernetes.protobuf";
                return context.Response.Body.WriteAsync(new byte[] { 0, 0, 0, 4, 0xFF, 0xFE, 0xFD, 0xFC, 0, 0, 0, 2, 1, 2 }).AsTask();
            case "a redirect":
                context.Response.Redirect("https://127.0.0.1:1/elsewhere", permanent: false, preserveMethod: true);
                return Task.CompletedTask;
            default:
                return SendWithoutEndAsync(context);
        }
    }

    private static async Task SendWithoutEndAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        var isWatch = context.Request.Query.ContainsKey("watch");
        if (!isWatch) await context.Response.WriteAsync("""{"metadata":{"resourceVersion":"42"},"items":[""");
        for (var i = 0; !context.RequestAborted.IsCancellationRequested; i++)
        {
            var item = string.Create(CultureInfo.InvariantCulture, $$$"""{"metadata":{"name":"n{{{i}}}","namespace":"sales","resourceVersion":"{{{i + 1}}}"}}""");
            await context.Response.WriteAsync(isWatch ? $$"""{"type":"ADDED","object":{{item}}}""" : item + ",", context.RequestAborted);
        }
    }

    /// <summary>Answers as a server without streamed lists does: one object, or none, and a watch in which nothing happens.</summary>
    private static async Task ListOrWatchAsync(HttpContext context, string item)
    {
        context.Response.ContentType = "application/json";
        if (context.Request.Query.ContainsKey("sendInitialEvents"))
        {
            context.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            await context.Response.WriteAsync("""{"kind":"Status","reason":"Invalid","code":422,"details":{"causes":[{"reason":"FieldValueForbidden","field":"sendInitialEvents"}]}}""");
        }
        else if (context.Request.Query.ContainsKey("watch"))
        {
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        }
        else
        {
            await context.Response.WriteAsync($$"""{"metadata":{"resourceVersion":"42"},"items":[{{item}}]}""", Encoding.UTF8);
        }
    }

    private Task UntilAsync(Func<bool> condition) => Until.TrueAsync(
        () =>
        {
            if (condition()) return true;
            _time.Advance(TimeSpan.FromMilliseconds(200));
            return false;
        },
        () => string.Join('\n', Warnings));
}
