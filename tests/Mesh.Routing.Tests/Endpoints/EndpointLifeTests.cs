using Mesh.Doubles;

namespace Mesh.Endpoints;

public sealed class EndpointLifeTests
{
    [Fact]
    public void Change_OfOthers_KeepsTheState()
    {
        using var mesh = World(new Pod("10.0.0.1", Uid: 1));
        var endpoint = mesh.Pick().Endpoint;

        mesh.Service(TestMesh.Part("alpha", new Pod("10.0.0.1", Uid: 1, Zone: "eu-9", Weight: 3), new Pod("10.0.0.2")));
        mesh.Catalog.Notify(TestMesh.Orders);

        mesh.At("10.0.0.1").ShouldBeSameAs(endpoint);
        endpoint.InFlight.ShouldBe(1);
        endpoint.Weight.ShouldBe(3);
        endpoint.Locality.Zone.ShouldBe("eu-9");
    }

    [Fact]
    public void Release_Twice_IsForgottenOnceNothingIsUnderWay()
    {
        using var mesh = World(new Pod("10.0.0.1"));
        var (first, second) = (mesh.Pick(), mesh.Pick());
        var endpoint = first.Endpoint;

        first.Release();
        first.Release();
        second.Release();

        (endpoint.InFlight, endpoint.ServiceInFlight, endpoint.Picks).ShouldBe((0, 0, 2u));
        var third = mesh.Pick();
        (endpoint.InFlight, endpoint.ServiceInFlight, endpoint.Picks).ShouldBe((1, 1, 3u));
        third.Release();
        (endpoint.InFlight, endpoint.ServiceInFlight, endpoint.Picks).ShouldBe((0, 0, 3u));
    }

    [Fact]
    public void Change_ToUnready_KeepsTheStateButDoesNotPickIt()
    {
        using var mesh = World(new Pod("10.0.0.1", Uid: 1), new Pod("10.0.0.2"));
        mesh.Count(20);
        var endpoint = mesh.At("10.0.0.1");

        mesh.Service(TestMesh.Part("alpha", new Pod("10.0.0.1", Uid: 1, Conditions: Pod.Unready), new Pod("10.0.0.2")));

        mesh.Count(20).ShouldHaveSingleItem().Key.ShouldBe("10.0.0.2");
        endpoint.IsRetired.ShouldBeFalse();
        mesh.At("10.0.0.1").ShouldBeSameAs(endpoint);
    }

    [Fact]
    public void Change_OfTheUidBehindTheAddress_IsAnotherEndpoint()
    {
        using var mesh = World(new Pod("10.0.0.1", Uid: 1));
        var old = mesh.Pick().Endpoint;
        mesh.Eject("10.0.0.1");

        mesh.Service(TestMesh.Part("alpha", new Pod("10.0.0.1", Uid: 2)));

        var young = mesh.Pick().Endpoint;
        young.ShouldNotBeSameAs(old);
        young.IsEjected.ShouldBeFalse();
        old.IsRetired.ShouldBeTrue();
    }

    [Fact]
    public void Gone_TransportsAreDisposedOnceWithoutAPick()
    {
        using var mesh = World(new Pod("10.0.0.1"), new Pod("10.0.0.2"));
        mesh.Count(20);
        var (first, second) = (new Transport(), new Transport());
        mesh.At("10.0.0.1").GetOrAddTransport("a", (_, _) => first).ShouldBeSameAs(first);
        mesh.At("10.0.0.1").GetOrAddTransport("b", (_, _) => second).ShouldBeSameAs(second);
        mesh.At("10.0.0.1").GetOrAddTransport("a", (_, _) => throw new InvalidOperationException("There is one.")).ShouldBeSameAs(first);

        mesh.Service(TestMesh.Part("alpha", new Pod("10.0.0.2")));
        mesh.Catalog.Notify(TestMesh.Orders);
        mesh.Catalog.Notify(TestMesh.Orders);
        mesh.Dispose();

        first.Disposals.ShouldBe(1);
        second.Disposals.ShouldBe(1);
    }

    [Fact]
    public void Gone_TransportMadeAfterwards_IsDisposedWithTheLastRequest()
    {
        using var mesh = World(new Pod("10.0.0.1"));
        var lease = mesh.Pick();
        var endpoint = lease.Endpoint;
        mesh.Pick();
        mesh.Catalog.Remove(TestMesh.Orders);
        mesh.Catalog.Notify(TestMesh.Orders);
        var late = new Transport();

        endpoint.GetOrAddTransport("a", (_, _) => late);
        lease.Release();
        late.Disposals.ShouldBe(0);
        lease.Release();

        endpoint.IsRetired.ShouldBeTrue();
        late.Disposals.ShouldBe(1);
    }

    [Fact]
    public void Gone_ServiceRemoved_PickSaysSo()
    {
        using var mesh = World(new Pod("10.0.0.1"));
        var endpoint = mesh.Pick().Endpoint;

        mesh.Catalog.Remove(TestMesh.Orders);

        mesh.PickResult().Status.ShouldBe(PickStatus.UnknownService);
        endpoint.IsRetired.ShouldBeTrue();
    }

    [Fact]
    public void Ejected_TransportsAreTold()
    {
        using var mesh = World(new Pod("10.0.0.1"), new Pod("10.0.0.2"));
        mesh.Count(20);
        var transport = new Transport();
        mesh.At("10.0.0.1").GetOrAddTransport("a", (_, _) => transport);

        mesh.Eject("10.0.0.1");

        transport.Ejections.ShouldBe(1);
        transport.Disposals.ShouldBe(0);
    }

    [Fact]
    public void Dispose_RetiresEveryEndpoint()
    {
        var mesh = World(new Pod("10.0.0.1"));
        var endpoint = mesh.Pick().Endpoint;

        mesh.Dispose();

        endpoint.IsRetired.ShouldBeTrue();
        Should.Throw<ObjectDisposedException>(() => mesh.RouteOf("http://carts.sales"));
    }

    [Fact]
    public void Dispose_WhileARouteIsAdded_TheRouteIsRefusedAndLetGoOf()
    {
        var mesh = World(new Pod("10.0.0.1"));
        var router = mesh.Router;
        var match = router.Match(new Uri("http://orders.sales"));
        mesh.Catalog.OnFind = () =>
        {
            mesh.Catalog.OnFind = null;
            mesh.Dispose();
        };

        Should.Throw<ObjectDisposedException>(() => router.GetRoute(match));

        router.ServiceCount.ShouldBe(0);
    }

    [Fact]
    public void Dispose_ARouteIsUsedAfterwards_WhatItMakesEndsWithItsRequests()
    {
        var mesh = World(new Pod("10.0.0.1"));
        var route = mesh.Route;
        mesh.Dispose();
        var transport = new Transport();

        var lease = mesh.Pick(route);
        lease.Endpoint.GetOrAddTransport("a", (_, _) => transport);
        for (var i = 0; i < 5; i++)
        {
            lease.Report(new AttemptOutcome(AttemptResult.ConnectFailed));
        }

        lease.Release();

        lease.Endpoint.IsRetired.ShouldBeTrue();
        transport.Disposals.ShouldBe(1);
        mesh.Router.Endpoints.ShouldBeEmpty();
        route.State.Breakers.ShouldAllBe(static b => !b.IsOpen);
    }

    private static TestMesh World(params Pod[] pods) => new TestMesh().Cluster("alpha").Service(TestMesh.Part("alpha", pods));

    private sealed class Transport : IEndpointTransport
    {
        public int Disposals { get; private set; }

        public int Ejections { get; private set; }

        public void OnEjected() => Ejections++;

        public void Dispose() => Disposals++;
    }
}
