using Mesh.Backends;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.ServiceDiscovery;

namespace Mesh;

/// <summary>Names that nobody should ask for, and askers that go away (docs/bad-input.md).</summary>
public class HostileNameTests
{
    [Theory]
    [InlineData("http://_.orders.sales")]
    [InlineData("http://__.orders.sales")]
    [InlineData("http://_http._grpc.orders.sales")]
    [InlineData("http://orders.sales:65535")]
    [InlineData("http://orders..sales")]
    [InlineData("http://.orders.sales")]
    [InlineData("http://orders.sales.")]
    [InlineData("http://-.sales")]
    [InlineData("http://[::1]")]
    [InlineData("http://10.0.0.1")]
    [InlineData("http://ORDERS.SALES")]
    [InlineData("http+https+http://orders.sales")]
    [InlineData("ftp://orders.sales")]
    [InlineData("+://orders.sales")]
    [InlineData("orders.sales")]
    [InlineData("örders.sales")]
    public async Task Resolve_OddName_IsAnEndpointOfTheServiceOrLeftToOthers(string name)
    {
        await using var mesh = await Resolving.StartAsync();
        mesh.Source.Service("orders.sales", "alpha", static s => s.Endpoint("10.0.0.7", 80));
        await mesh.Services.GetRequiredService<IMesh>().WaitForSyncAsync(Stop);
        string[] found;
        try
        {
            found = await mesh.AddressesAsync(name);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // Service discovery's own word: it is no name at all, or nobody answers for it.
            e.Message.ShouldNotBeNullOrEmpty();
            return;
        }

        found.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Resolve_ALongName_IsLeftToOthers()
    {
        await using var mesh = await Resolving.StartAsync();
        await mesh.Services.GetRequiredService<IMesh>().WaitForSyncAsync(Stop);

        (await mesh.AddressesAsync("http://" + string.Join('.', Enumerable.Repeat("a", 10_000)))).Length.ShouldBeLessThanOrEqualTo(1);
    }

    [Fact]
    public async Task Resolve_CancelledWhileTheServiceIsPending_EndsAndTheNextOneAnswers()
    {
        var source = new HeldSource();
        await using var mesh = await Resolving.StartAsync(mesh: m => m.AddSource(_ => source));
        using var stop = new CancellationTokenSource();

        // A resolver for each: they share what is under way.
        var cancelled = Ask(mesh, stop.Token);
        await Eventually.BecomesTrue(() => mesh.Services.GetRequiredService<IMesh>().Catalog.Find(ServiceName.Parse("orders.sales")).Status == ServiceLookupStatus.Pending, "the service is pending");
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(cancelled.WaitAsync(Eventually.Bound, Stop));
        source.Deliver("orders.sales", "10.0.0.9");

        await mesh.ShouldBecomeAsync("http://orders.sales", "10.0.0.9:80");
    }

    [Fact]
    public async Task Resolve_TheMeshEndsMeanwhile_EndsToo()
    {
        var mesh = await Resolving.StartAsync(mesh: static m => m.AddSource(static _ => new HeldSource()));
        var resolving = Ask(mesh, Stop);
        await Eventually.BecomesTrue(() => mesh.Services.GetRequiredService<IMesh>().Catalog.Find(ServiceName.Parse("orders.sales")).Status == ServiceLookupStatus.Pending, "the service is pending");

        await mesh.DisposeAsync();

        await resolving.ContinueWith(static _ => { }, Stop, TaskContinuationOptions.None, TaskScheduler.Default).WaitAsync(Eventually.Bound, Stop);
    }

    [Fact]
    public async Task Resolve_ServiceComesAndGoesAllTheTime_EachAnswerIsOneOfItsStates()
    {
        await using var mesh = await Resolving.StartAsync();
        await mesh.Services.GetRequiredService<IMesh>().WaitForSyncAsync(Stop);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var changing = Task.Run(
            () =>
            {
                for (var i = 0; !stop.IsCancellationRequested; i++)
                {
                    mesh.Source.Service("orders.sales", "alpha", static s => s.Endpoint("10.0.0.7", 80));
                    mesh.Source.Remove(new ClusterId("alpha"), ServiceName.Parse("orders.sales"));
                }
            },
            Stop);

        for (var i = 0; i < 300; i++)
        {
            // Nobody's: the name itself, for the system to resolve.
            (await mesh.AddressesAsync("http://orders.sales")).ShouldHaveSingleItem().ShouldBeOneOf("10.0.0.7:80", "orders.sales:80", "orders.sales");
        }

        await stop.CancelAsync();
        await changing;
        mesh.Source.Service("orders.sales", "alpha", static s => s.Endpoint("10.0.0.8", 80));
        await mesh.ShouldBecomeAsync("http://orders.sales", "10.0.0.8:80");
    }

    private static Task<ServiceEndpointSource> Ask(TestMesh mesh, CancellationToken cancellationToken) =>
        mesh.Services.GetRequiredService<ServiceEndpointResolver>().GetEndpointsAsync("http://orders.sales", cancellationToken).AsTask();
}
