using Mesh.Doubles;

namespace Mesh.Routes;

/// <summary>Waiting for a service while a source has not spoken; the clock stands still.</summary>
public sealed class WaitTests
{
    [Fact]
    public async Task Wait_RouterIsDisposed_EndsAtOnce()
    {
        var mesh = new TestMesh(synced: false).Cluster("alpha");
        var waiting = mesh.Route.WaitUntilKnownAsync(Stop).AsTask();
        waiting.IsCompleted.ShouldBeFalse();

        mesh.Dispose();

        (await Should.ThrowAsync<ObjectDisposedException>(waiting.WaitAsync(TimeSpan.FromSeconds(30), Stop))).ObjectName.ShouldBe(nameof(MeshRouter));
    }

    [Fact]
    public async Task Wait_WaitsWereEnded_KnownServicesGoOnAndOthersFail()
    {
        using var mesh = new TestMesh(synced: false).Cluster("alpha").Service(TestMesh.Part("alpha", new Pod("10.0.0.1")));
        var (known, other) = (mesh.Route, mesh.RouteOf("http://carts.sales"));
        mesh.PickResult(known).Status.ShouldBe(PickStatus.Pending);
        var waiting = known.WaitUntilKnownAsync(Stop).AsTask();

        mesh.Router.EndWaits();

        (await waiting.WaitAsync(TimeSpan.FromSeconds(30), Stop)).ShouldBeTrue();
        mesh.Pick(known).Endpoint.Address.ToString().ShouldBe("10.0.0.1");
        await Should.ThrowAsync<ObjectDisposedException>(other.WaitUntilKnownAsync(Stop).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Stop));
    }

    [Fact]
    public async Task Wait_CallerCancels_IsCancelledThoughTheRouterEndsToo()
    {
        using var mesh = new TestMesh(synced: false).Cluster("alpha");
        using var stop = new CancellationTokenSource();
        var waiting = mesh.Route.WaitUntilKnownAsync(stop.Token).AsTask();

        await stop.CancelAsync();
        mesh.Router.EndWaits();

        await Should.ThrowAsync<OperationCanceledException>(waiting.WaitAsync(TimeSpan.FromSeconds(30), Stop));
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;
}
