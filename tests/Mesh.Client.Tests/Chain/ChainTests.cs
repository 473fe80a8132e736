using System.Net;
using Mesh.Backends;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;

namespace Mesh.Chain;

/// <summary>The mesh beside what else is put into a client, in every order of registration.</summary>
public class ChainTests
{
    private static readonly string[] Parts = ["mesh", "auth", "resilience", "discovery"];

    public static TheoryData<string> Orders => [.. Permutations(Parts).Select(static p => string.Join(' ', p))];

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Send_WhateverTheOrderOfRegistrations_MeshIsInnermostOnceAndPicksAfreshForEachRetry(string order)
    {
        var answered = 0;
        await using var flaky = await Backend.StartAsync(context =>
        {
            // 500 is no failure to the mesh; the resilience pipeline outside retries it.
            context.Response.StatusCode = Interlocked.Increment(ref answered) <= 2 ? 500 : 200;
            return context.Response.WriteAsync(context.Request.Headers.Authorization.ToString());
        });
        await using var other = await Backend.StartAsync(context =>
        {
            context.Response.StatusCode = Interlocked.Increment(ref answered) <= 2 ? 500 : 200;
            return context.Response.WriteAsync(context.Request.Headers.Authorization.ToString());
        });
        var picker = new CountingPicker();
        await using var mesh = await TestMesh.StartAsync(services => Register(services, order.Split(' '), picker), null, addMesh: false, flaky, other);

        HandlerChain.ShouldEndInOneFork(mesh.Services.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler("orders"));
        using var client = mesh.Client("orders");
        using var response = await client.GetAsync("http://orders.sales/items", Stop);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync(Stop)).ShouldBe("Bearer token");
        picker.Picks.ShouldBe(3);
        flaky.Count.ShouldBe(2);
        other.Count.ShouldBe(1);
        flaky.Requests.ShouldAllBe(static r => r == "orders.sales/items");
    }

    [Fact]
    public async Task Send_MeshAddedTwice_IsThereOnce()
    {
        await using var backend = await Backend.StartAsync();
        await using var mesh = await TestMesh.StartAsync(static services => services.AddMeshRouting(static _ => { }), null, backend);

        HandlerChain.ShouldEndInOneFork(mesh.Services.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler("x"));
        (await mesh.Client().GetStringAsync("http://orders.sales/", Stop)).ShouldBe("hello");
    }

    [Fact]
    public async Task Send_PrimaryHandlersMeters_AreSetBeforeTheFork()
    {
        await using var backend = await Backend.StartAsync();
        await using var mesh = await TestMesh.StartAsync(null, null, backend);
        SocketsHttpHandler? own = null;
        var filter = mesh.Services.GetServices<IHttpMessageHandlerBuilderFilter>().First();
        var builder = mesh.Services.GetRequiredService<HttpMessageHandlerBuilder>();
        builder.Name = "x";

        // The framework's filters come after ours in the services, so they act inside of it.
        Action<HttpMessageHandlerBuilder> configure = b => own = (SocketsHttpHandler)b.PrimaryHandler;
        foreach (var each in mesh.Services.GetServices<IHttpMessageHandlerBuilderFilter>().Reverse())
        {
            configure = each.Configure(configure);
        }

        configure(builder);

        filter.GetType().Name.ShouldBe("MeshHandlerFilter");
        own.ShouldNotBeNull().MeterFactory.ShouldNotBeNull();
    }

    private static void Register(IServiceCollection services, string[] order, CountingPicker picker)
    {
        foreach (var part in order)
        {
            switch (part)
            {
                case "mesh":
                    TestMesh.AddTo(services, m => m.AddPicker("counting", _ => picker).Configure(static o => o.Policy.LoadBalancing = "counting"));
                    break;
                case "auth":
                    services.AddTransient<AuthHandler>();
                    services.AddHttpClient("orders").AddHttpMessageHandler<AuthHandler>();
                    break;
                case "resilience":
                    services.AddHttpClient("orders").AddStandardResilienceHandler(static o => o.Retry.Delay = TimeSpan.FromMilliseconds(1));
                    break;
                default:
                    services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
                    services.AddServiceDiscovery();
                    services.AddHttpClient("orders").AddServiceDiscovery();
                    break;
            }
        }
    }

    private static IEnumerable<string[]> Permutations(string[] parts) =>
        parts.Length == 1 ? [parts] : parts.SelectMany(p => Permutations([.. parts.Where(o => o != p)]).Select(rest => (string[])[p, .. rest]));
}
