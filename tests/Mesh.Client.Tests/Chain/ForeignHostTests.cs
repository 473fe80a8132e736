using System.Net;
using Mesh.Backends;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;

namespace Mesh.Chain;

/// <summary>Hosts that are no services: the client's own primary handler, as it was.</summary>
public class ForeignHostTests
{
    [Fact]
    public async Task Send_ForeignHost_KeepsRedirectsAndCookies()
    {
        await using var web = await Backend.StartAsync(static context =>
        {
            if (context.Request.Path == "/start")
            {
                context.Response.Cookies.Append("seen", "yes");
                context.Response.Redirect("/end");
                return Task.CompletedTask;
            }

            return context.Response.WriteAsync($"cookie {context.Request.Cookies["seen"]}");
        });
        await using var mesh = await TestMesh.StartAsync();

        (await mesh.Client().GetStringAsync(new Uri(web.Uri, "start"), Stop)).ShouldBe("cookie yes");
    }

    [Fact]
    public async Task Send_ServiceHost_HasNoRedirectsAndNoCookies()
    {
        await using var orders = await Backend.StartAsync(static context =>
        {
            context.Response.Cookies.Append("seen", "yes");
            context.Response.Redirect(context.Request.Cookies.Count == 0 ? "/end" : "/cookie");
            return Task.CompletedTask;
        });
        await using var mesh = await TestMesh.StartAsync(null, null, orders);
        using var client = mesh.Client();

        for (var i = 0; i < 2; i++)
        {
            using var response = await client.GetAsync("http://orders.sales/start", Stop);
            response.StatusCode.ShouldBe(HttpStatusCode.Found);
            response.Headers.Location!.ToString().ShouldBe("/end");
        }
    }

    [Theory]
    [InlineData("http://github.com/dotnet")]
    [InlineData("http://orders.example/")]
    [InlineData("http://www.orders.sales.example.com/")]
    [InlineData("http://10.1.2.3/")]
    [InlineData("http://localhost/")]
    public async Task Send_ForeignHost_GoesThroughTheClientsOwnProxy(string url)
    {
        await using var proxy = await Backend.StartAsync(static context => context.Response.WriteAsync("by proxy"));
        await using var mesh = await TestMesh.StartAsync(services => services.AddHttpClient("web").ConfigurePrimaryHttpMessageHandler(() =>
            new SocketsHttpHandler { Proxy = new WebProxy(proxy.Uri), UseProxy = true }));

        (await mesh.Client("web").GetStringAsync(url, Stop)).ShouldBe("by proxy");
        proxy.Requests.ShouldHaveSingleItem().ShouldStartWith(new Uri(url).Host);
    }

    [Fact]
    public async Task Send_ServiceHost_NeverGoesToTheProxyAndWarnsOnceOfWhatDoesNotApply()
    {
        await using var proxy = await Backend.StartAsync();
        await using var orders = await Backend.StartAsync();
        await using var mesh = await TestMesh.StartAsync(
            services => services.AddHttpClient("web").ConfigurePrimaryHttpMessageHandler(() => new HttpClientHandler { Proxy = new WebProxy(proxy.Uri), Credentials = new NetworkCredential("a", "b") }),
            null,
            orders);

        for (var i = 0; i < 2; i++)
        {
            (await mesh.Client("web").GetStringAsync("http://orders.sales/", Stop)).ShouldBe("hello");
        }

        proxy.Count.ShouldBe(0);
        var warning = mesh.Logs.GetSnapshot().Where(static l => l.Id.Id == 1300).ShouldHaveSingleItem();
        warning.Message.ShouldStartWith("Client 'web' sets Credentials, Proxy on its primary handler.");
    }

    [Theory]
    [InlineData("sockets", "AutomaticDecompression, MaxAutomaticRedirections, CookieContainer")]
    [InlineData("client", "AutomaticDecompression, MaxAutomaticRedirections, CookieContainer")]
    [InlineData("propagator", "ActivityHeadersPropagator")]
    [InlineData("defaults", null)]
    public async Task Send_PrimaryHandlerDecompressesFollowsOrKeepsCookies_WarnsOfWhatServicesDoNotSee(string kind, string? named)
    {
        await using var web = await Backend.StartAsync(static context =>
        {
            context.Response.Cookies.Append("seen", "yes");
            return Task.CompletedTask;
        });
        await using var orders = await Backend.StartAsync();
        var cookies = new CookieContainer();
        cookies.Add(new Cookie("own", "1", "/", "web.example"));
        await using var mesh = await TestMesh.StartAsync(
            services => services.AddHttpClient("web").ConfigurePrimaryHttpMessageHandler(() => kind switch
            {
                "sockets" => new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.GZip, MaxAutomaticRedirections = 3, CookieContainer = cookies },
                "client" => new HttpClientHandler { AutomaticDecompression = DecompressionMethods.GZip, MaxAutomaticRedirections = 3, CookieContainer = cookies },
                "propagator" => new SocketsHttpHandler { ActivityHeadersPropagator = System.Diagnostics.DistributedContextPropagator.CreateNoOutputPropagator() },
                _ => new SocketsHttpHandler(),
            }),
            null,
            orders);

        // A cookie that another host has set is nobody's setting.
        (await mesh.Client("web").GetAsync(web.Uri, Stop)).Dispose();
        (await mesh.Client("web").GetAsync("http://orders.sales/", Stop)).Dispose();

        var warnings = mesh.Logs.GetSnapshot().Where(static l => l.Id.Id == 1300).Select(static l => l.Message[..l.Message.IndexOf('.', StringComparison.Ordinal)]);
        warnings.ShouldBe(named is null ? [] : [$"Client 'web' sets {named} on its primary handler"]);
    }

    [Fact]
    public async Task Send_NothingConfiguredAndTheCatalogIsNotComplete_WarnsInWholeSentences()
    {
        await using var proxy = await Backend.StartAsync(static context => context.Response.WriteAsync("by proxy"));
        await using var mesh = await TestMesh.StartAsync(
            services =>
            {
                services.AddMeshRouting(static m => m.AddSource(static _ => new Hosting.SlowSource("no answer")));
                services.AddHttpClient("web").ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { Proxy = new WebProxy(proxy.Uri), UseProxy = true });
            },
            null,
            addMesh: false);

        (await mesh.Client("web").GetStringAsync("http://orders.accounts/", Stop)).ShouldBe("by proxy");

        mesh.Logs.GetSnapshot().Where(static l => l.Id.Id == 1301).ShouldHaveSingleItem().Message.ShouldBe(
            "A request to 'orders.accounts' went past the mesh: no namespaces are configured (Mesh:Namespaces), and the catalog is not complete yet: accounts may be a namespace or a public domain. Until the catalog is complete, hosts of two labels may be public domains. Name the namespaces of your services in Mesh:Namespaces, so that early requests wait instead. Said once.");
    }

    [Fact]
    public async Task Send_UnknownServiceOfAKnownNamespace_FailsAndNeverLeaves()
    {
        await using var proxy = await Backend.StartAsync();
        await using var mesh = await TestMesh.StartAsync(services => services.ConfigureHttpClientDefaults(clients => clients.ConfigurePrimaryHttpMessageHandler(() =>
            new SocketsHttpHandler { Proxy = new WebProxy(proxy.Uri), UseProxy = true })));

        var error = await Should.ThrowAsync<MeshRoutingException>(mesh.Client().GetStringAsync("http://invoices.sales/", Stop));

        error.PickStatus.ShouldBe(PickStatus.UnknownService);
        error.Message.ShouldContain("invoices.sales");
        error.InnerException.ShouldBeOfType<System.Net.Sockets.SocketException>();
        proxy.Count.ShouldBe(0);
    }

    [Fact]
    public async Task Send_FakePrimary_IsRespectedAlsoForServices()
    {
        await using var orders = await Backend.StartAsync();
        await using var mesh = await TestMesh.StartAsync(
            static services =>
            {
                services.AddHttpClient("fake").ConfigurePrimaryHttpMessageHandler(static () => new FakePrimary());
                services.AddHttpClient("off").ConfigureMeshRouting(static p => p.Enabled = false);
                services.AddHttpClient("derived").ConfigurePrimaryHttpMessageHandler(static () => new DerivedPrimary());
            },
            null,
            orders);

        (await mesh.Client("fake").GetStringAsync("http://orders.sales/", Stop)).ShouldBe("fake http://orders.sales/");
        (await mesh.Client("derived").GetStringAsync("http://orders.sales/", Stop)).ShouldBe("derived");
        orders.Count.ShouldBe(0);

        // As the factory does when a handler's lifetime is over.
        mesh.Services.GetServices<IHttpMessageHandlerBuilderFilter>().First().Configure(static b => b.PrimaryHandler = new FakePrimary())(Builder(mesh, "fake"));
        mesh.Services.GetServices<IHttpMessageHandlerBuilderFilter>().First().Configure(static b => b.PrimaryHandler = new FakePrimary())(Builder(mesh, "off"));
        mesh.Logs.GetSnapshot().Where(static l => l.Id.Id == 1306).Select(static l => l.Message[..l.Message.IndexOf(',', StringComparison.Ordinal)]).ShouldBe(
            ["Client 'fake' has FakePrimary as its primary handler", "Client 'derived' has DerivedPrimary as its primary handler"]);
    }

    [Fact]
    public async Task Send_TestServerPrimary_IsRespected()
    {
        var builder = WebApplication.CreateSlimBuilder();
        Microsoft.AspNetCore.TestHost.WebHostBuilderExtensions.UseTestServer(builder.WebHost);
        await using var app = builder.Build();
        app.Run(static context => context.Response.WriteAsync($"test server {context.Request.Host}"));
        await app.StartAsync(Stop);
        await using var mesh = await TestMesh.StartAsync(services =>
            services.AddHttpClient("test").ConfigurePrimaryHttpMessageHandler(() => app.GetTestServer().CreateHandler()));

        (await mesh.Client("test").GetStringAsync("http://orders.sales/", Stop)).ShouldBe("test server orders.sales");
    }

    [Fact]
    public async Task ConfigureMeshRouting_OneClientSwitchedOff_KeepsItsPrimaryWhateverTheOrder()
    {
        await using var proxy = await Backend.StartAsync(static context => context.Response.WriteAsync("by proxy"));
        await using var orders = await Backend.StartAsync();
        await using var mesh = await TestMesh.StartAsync(
            services =>
            {
                services.AddHttpClient("off").ConfigureMeshRouting(static p => p.Enabled = false)
                    .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { Proxy = new WebProxy(proxy.Uri), UseProxy = true });
                services.ConfigureHttpClientDefaults(static clients => clients.ConfigureMeshRouting(static p => p.Enabled = true));
            },
            null,
            orders);

        (await mesh.Client("off").GetStringAsync("http://orders.sales/", Stop)).ShouldBe("by proxy");
        (await mesh.Client("on").GetStringAsync("http://orders.sales/", Stop)).ShouldBe("hello");
    }

    [Fact]
    public async Task ConfigureMeshRouting_DefaultForAllOff_CanBeSwitchedOnForOne()
    {
        await using var orders = await Backend.StartAsync();
        await using var mesh = await TestMesh.StartAsync(
            static services =>
            {
                services.AddHttpClient("on").ConfigureMeshRouting(static p => p.Enabled = true);
                services.ConfigureHttpClientDefaults(static clients => clients.ConfigureMeshRouting(static p => p.Enabled = false));
            },
            null,
            orders);

        (await mesh.Client("on").GetStringAsync("http://orders.sales/", Stop)).ShouldBe("hello");
        HandlerChain.Of(mesh.Services.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler("off"))[^1].ShouldBeOfType<SocketsHttpHandler>();
    }

    private static HttpMessageHandlerBuilder Builder(TestMesh mesh, string name)
    {
        var builder = mesh.Services.GetRequiredService<HttpMessageHandlerBuilder>();
        builder.Name = name;
        return builder;
    }

    private sealed class FakePrimary : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage { Content = new StringContent($"fake {request.RequestUri}") });
    }

    private sealed class DerivedPrimary : HttpClientHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage { Content = new StringContent("derived") });
    }
}
