using Mesh.Backends;
using Mesh.Discovery;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.ServiceDiscovery;
using Microsoft.Extensions.Time.Testing;

namespace Mesh;

/// <summary>When an answer is said to be outdated.</summary>
public class ChangeTests
{
    [Fact]
    public async Task ManyChanges_AreToldAsOneAndOnlyIfTheAnswerDiffers()
    {
        var clock = new FakeTimeProvider();
        await using var mesh = await Resolving.StartAsync(s => s.AddSingleton<TimeProvider>(clock));
        mesh.Source.Service("orders.sales", "alpha", static s => s.Endpoint("10.0.0.1", 80));
        var catalog = mesh.Services.GetRequiredService<IMesh>().Catalog;
        var cell = catalog.Find(ServiceName.Parse("orders.sales")).Cell;
        await Eventually.BecomesTrue(() => cell.Current is not null, "the service is known");
        var resolved = await mesh.ResolveAsync("http://orders.sales");
        var told = 0;
        using var registration = resolved.ChangeToken.RegisterChangeCallback(_ => Interlocked.Increment(ref told), null);

        // There and back again: nobody need hear of it.
        var revision = cell.Current!.Revision;
        for (var i = 0; i < 20; i++)
        {
            mesh.Source.Service("orders.sales", "alpha", s => s.Endpoint($"10.0.1.{i + 1}", 80));
        }

        mesh.Source.Service("orders.sales", "alpha", static s => s.Endpoint("10.0.0.1", 80));
        await Eventually.BecomesTrue(() => cell.Current!.Revision > revision && cell.Current.EndpointCount == 1 && mesh.Services.GetRequiredService<IMesh>().Explain("orders.sales").Tiers[0].Endpoints[0].Address == "10.0.0.1:80", "the changes arrive");
        clock.Advance(TimeSpan.FromSeconds(1));
        told.ShouldBe(0);
        resolved.ChangeToken.HasChanged.ShouldBeFalse();

        revision = cell.Current.Revision;
        for (var i = 0; i < 20; i++)
        {
            mesh.Source.Service("orders.sales", "alpha", s => s.Endpoint($"10.0.2.{i + 1}", 80));
        }

        await Eventually.BecomesTrue(() => cell.Current!.Revision > revision, "the changes arrive");
        told.ShouldBe(0);
        clock.Advance(TimeSpan.FromSeconds(1));
        await Eventually.BecomesTrue(() => Volatile.Read(ref told) == 1, "the change is told");
        clock.Advance(TimeSpan.FromSeconds(10));
        told.ShouldBe(1);
    }

    [Fact]
    public async Task Change_WhoIsToldThrows_OthersAreToldAndItIsSaidOnce()
    {
        var clock = new FakeTimeProvider();
        await using var mesh = await Resolving.StartAsync(s => s.AddSingleton<TimeProvider>(clock));
        string[] names = ["orders.sales", "payments.sales"];
        foreach (var name in names)
        {
            mesh.Source.Service(name, "alpha", static s => s.Endpoint("10.0.0.1", 80));
        }

        await mesh.ShouldBecomeAsync("http://orders.sales", "10.0.0.1:80");
        await mesh.ShouldBecomeAsync("http://payments.sales", "10.0.0.1:80");
        var (router, watch) = (mesh.Services.GetRequiredService<MeshRouter>(), mesh.Services.GetRequiredService<DiscoveryContext>().Watch);
        var told = 0;
        foreach (var name in names)
        {
            // Each tells and throws, so that whichever is looked at first keeps the other from nothing.
            ServiceEndpointQuery.TryParse($"http://{name}", out var query).ShouldBeTrue();
            var host = ServiceHost.Of(query, new ServiceDiscoveryOptions())!;
            var watched = new WatchedName(router, host, EndpointResolver.Resolve(router, host));
            watched.Changed.Register(() =>
            {
                Interlocked.Increment(ref told);
                throw new InvalidOperationException("broken.");
            });
            watch.Add(watched);
            mesh.Source.Service(name, "alpha", static s => s.Endpoint("10.0.0.2", 80));
        }

        await Eventually.BecomesTrue(
            () =>
            {
                clock.Advance(TimeSpan.FromMilliseconds(250));
                return Volatile.Read(ref told) == 2;
            },
            "both are told");
        await Eventually.BecomesTrue(() => mesh.Logs.GetSnapshot().Count(static r => r.Id.Id == 1333) == 2, "both are said");
    }

    [Fact]
    public async Task CatalogNotSynced_IsWaitedForButNotForever()
    {
        var clock = new FakeTimeProvider();
        var source = new HeldSource();
        await using var mesh = await Resolving.StartAsync(s => s.AddSingleton<TimeProvider>(clock), mesh: m => m.AddSource(_ => source));

        var resolving = mesh.AddressesAsync("http://orders.sales");
        await Eventually.BecomesTrue(() => mesh.Services.GetRequiredService<IMesh>().Catalog.Find(ServiceName.Parse("orders.sales")).Status == ServiceLookupStatus.Pending, "the service is pending");
        resolving.IsCompleted.ShouldBeFalse();
        source.Deliver("orders.sales", "10.0.0.9");
        (await resolving.WaitAsync(Eventually.Bound, Stop)).ShouldBe(["10.0.0.9:80"]);
    }

    [Fact]
    public async Task SourceThatNeverDelivers_IsWaitedForAsLongAsByARequest()
    {
        var clock = new FakeTimeProvider();
        await using var mesh = await Resolving.StartAsync(s => s.AddSingleton<TimeProvider>(clock), mesh: static m => m.AddSource(static _ => new HeldSource()));

        var resolving = mesh.AddressesAsync("http://orders.sales");

        (await Eventually.TurnUntilEnd(clock, resolving)).ShouldHaveSingleItem().ShouldContain("orders.sales");
        clock.GetUtcNow().ShouldBeGreaterThanOrEqualTo(clock.Start + TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task MeshThatWasNotStarted_IsStartedByTheFirstResolution()
    {
        // As MapReverseProxy does, which resolves its destinations before the host starts.
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddMeshRouting(static m => m.RunsIn(cluster: "alpha").Configure(static o => o.Namespaces.Add("sales")).AddMemory(static s => s.Service("orders.sales", "alpha", static o => o.Endpoint("10.0.0.1", 80))));
        services.AddMeshServiceEndpointProvider();
        await using var provider = services.BuildServiceProvider();

        var found = await provider.GetRequiredService<Microsoft.Extensions.ServiceDiscovery.ServiceEndpointResolver>().GetEndpointsAsync("http://orders.sales", Stop);

        found.Endpoints.ShouldHaveSingleItem().ToString().ShouldBe("10.0.0.1:80");
    }
}
