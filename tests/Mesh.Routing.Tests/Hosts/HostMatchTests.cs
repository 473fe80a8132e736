using Mesh.Doubles;

namespace Mesh.Hosts;

public sealed class HostMatchTests
{
    [Theory]
    [InlineData("http://orders.sales", "orders.sales", ServiceView.Mesh)]
    [InlineData("http://orders.sales/items/7?x=1", "orders.sales", ServiceView.Mesh)]
    [InlineData("http://orders.sales.", "orders.sales", ServiceView.Mesh)]
    [InlineData("HTTP://ORDERS.Sales", "orders.sales", ServiceView.Mesh)]
    [InlineData("wss://orders.sales", "orders.sales", ServiceView.Mesh)]
    [InlineData("http://_http.orders.sales", "orders.sales", ServiceView.Mesh)]
    [InlineData("http://orders.other.svc.cluster.local", "orders.other", ServiceView.OwnCluster)]
    [InlineData("http://orders.other.svc.cluster.local.", "orders.other", ServiceView.OwnCluster)]
    [InlineData("http://orders.other.svc", "orders.other", ServiceView.OwnCluster)]
    [InlineData("http://orders.other.svc.:8080", "orders.other", ServiceView.OwnCluster)]
    [InlineData("http://_http.orders.other.svc", "orders.other", ServiceView.OwnCluster)]
    [InlineData("http://orders.other.svc.clusterset.local", "orders.other", ServiceView.ClusterSet)]
    [InlineData("http://_grpc.orders.other.svc.clusterset.local", "orders.other", ServiceView.ClusterSet)]
    public void Match_ServiceHost_IsService(string url, string service, ServiceView view)
    {
        using var mesh = new TestMesh().Cluster("alpha");

        var match = mesh.Router.Match(new Uri(url));

        match.Kind.ShouldBe(HostKind.Service, match.Reason);
        match.Service.ToString().ShouldBe(service);
        match.View.ShouldBe(view);
    }

    [Theory]
    [InlineData("http://github.com")]
    [InlineData("https://example.org:8443")]
    [InlineData("http://api.github.com")]
    [InlineData("http://www.orders.sales")]
    [InlineData("http://pod-0.orders.sales.svc")]
    [InlineData("http://orders.svc")]
    [InlineData("http://orders.sales.cluster.local")]
    [InlineData("http://pod-0.orders.sales.svc.cluster.local")]
    [InlineData("http://svc.cluster.local")]
    [InlineData("http://sales.svc.cluster.local")]
    [InlineData("http://localhost")]
    [InlineData("http://localhost:5000")]
    [InlineData("http://app.localhost")]
    [InlineData("http://10.0.0.1")]
    [InlineData("http://10.1")]
    [InlineData("http://0x7f000001")]
    [InlineData("http://[::1]:8080")]
    [InlineData("http://[fe80::1%25eth0]/")]
    [InlineData("http://bücher.sales-shop")]
    [InlineData("http://ordérs.sales")]
    [InlineData("http://or_ders.sales")]
    [InlineData("http://orders.sales..")]
    [InlineData("ftp://orders.sales")]
    [InlineData("file:///orders.sales")]
    [InlineData("mailto:orders@sales")]
    [InlineData("http://orders")]
    public void Match_AnythingElse_IsForeign(string url)
    {
        using var mesh = new TestMesh(synced: false).Cluster("alpha");

        if (Uri.TryCreate(url, UriKind.Absolute, out var uri))
        {
            var match = mesh.Router.Match(uri);
            (match.Kind == HostKind.Foreign || match.Service.Name.StartsWith("xn--", StringComparison.Ordinal)).ShouldBeTrue(match.Reason);
        }
    }

    [Fact]
    public void Match_NamespaceCalledSvc_IsNamespace()
    {
        using var mesh = new TestMesh().Cluster("alpha");
        mesh.Options = mesh.Options with { KnownNamespaces = ["svc"] };

        var match = mesh.Router.Match(new Uri("http://orders.svc"));

        (match.Service.ToString(), match.View).ShouldBe(("orders.svc", ServiceView.Mesh));
    }

    [Fact]
    public void Match_NamespaceOnlySeen_IsServiceFromThenOn()
    {
        using var mesh = new TestMesh().Cluster("alpha");
        var uri = new Uri("http://users.accounts");
        mesh.Router.Match(uri).Kind.ShouldBe(HostKind.Foreign);

        mesh.Catalog.Set(ServiceName.Parse("other.accounts"), TestMesh.Part("alpha", new Pod("10.0.0.1")));

        mesh.Router.Match(uri).Kind.ShouldBe(HostKind.Service);
    }

    [Fact]
    public void Match_PublicDomainSeenAsNamespace_StaysForeignUnlessConfigured()
    {
        using var mesh = new TestMesh().Cluster("alpha");
        mesh.Catalog.Set(ServiceName.Parse("github.com"), TestMesh.Part("alpha", new Pod("10.0.0.1")));
        using var told = new TestMesh().Cluster("alpha");
        told.Options = told.Options with { KnownNamespaces = ["com"] };

        mesh.Router.Match(new Uri("https://github.com")).Kind.ShouldBe(HostKind.Foreign);
        told.Router.Match(new Uri("https://github.com")).Kind.ShouldBe(HostKind.Service);
    }

    [Theory]
    [InlineData("crates", "io")]
    [InlineData("go", "dev")]
    [InlineData("registry", "xyz")]
    [InlineData("bar", "xn--p1ai")]
    public void Match_PublicTopLevelDomainSeenAsNamespace_OnlyItsKnownServicesAreServices(string name, string @namespace)
    {
        using var mesh = new TestMesh().Cluster("alpha");
        mesh.Catalog.Set(new ServiceName(@namespace, "other"), TestMesh.Part("alpha", new Pod("10.0.0.1")));
        var (other, uri) = (new Uri($"http://other.{@namespace}"), new Uri($"https://{name}.{@namespace}"));

        mesh.Router.Match(other).Kind.ShouldBe(HostKind.Service);
        mesh.Router.Match(uri).Kind.ShouldBe(HostKind.Foreign);
        mesh.Router.Explain(uri.ToString()).ToString().ShouldContain(
            $"'{@namespace}' is a public domain, and the catalog has seen a namespace of that name but knows no service {name}.{@namespace}; where all of it is meant, configure the namespace (Mesh:Namespaces)");

        var service = new ServiceName(@namespace, name);
        mesh.Catalog.Set(service, TestMesh.Part("alpha", new Pod("10.0.0.2")));
        mesh.Router.Match(uri).Service.ShouldBe(service);
        mesh.Router.Match(uri).Reason.ShouldBe($"namespace {@namespace} is a public domain too, but the catalog knows this very service");

        mesh.Catalog.Remove(service);
        mesh.Router.Match(uri).Kind.ShouldBe(HostKind.Foreign);
    }

    [Fact]
    public void Match_PublicTopLevelDomainSeenWhileASourceIsAway_IsForeignUntilTheServiceComes()
    {
        using var mesh = new TestMesh(synced: false).Cluster("alpha");
        mesh.Catalog.Set(ServiceName.Parse("other.io"), TestMesh.Part("alpha", new Pod("10.0.0.1")));
        var uri = new Uri("http://crates.io");
        mesh.Router.Match(uri).Kind.ShouldBe(HostKind.Foreign);

        mesh.Catalog.Sync();
        mesh.Router.Match(uri).Kind.ShouldBe(HostKind.Foreign);
        mesh.Catalog.Set(ServiceName.Parse("crates.io"), TestMesh.Part("alpha", new Pod("10.0.0.2")));

        mesh.Router.Match(uri).Kind.ShouldBe(HostKind.Service);
    }

    [Fact]
    public void Match_PublicTopLevelDomainConfigured_AllOfItIsTheMeshs()
    {
        using var mesh = new TestMesh().Cluster("alpha");
        mesh.Options = mesh.Options with { KnownNamespaces = ["dev"] };

        mesh.Router.Match(new Uri("http://go.dev")).Kind.ShouldBe(HostKind.Service);
    }

    [Fact]
    public void Match_ServiceNamedInPolicies_ItsNamespaceIsKnown()
    {
        using var mesh = new TestMesh(synced: false);
        mesh.Options = mesh.Options with { KnownNamespaces = [] };
        mesh.Policy(ServicePolicy.Empty);

        mesh.Router.Match(new Uri("http://carts.sales")).Kind.ShouldBe(HostKind.Service);
        mesh.Router.Match(new Uri("http://carts.shop")).Kind.ShouldBe(HostKind.Foreign);
    }

    [Fact]
    public void Match_NothingConfiguredAndNotSynced_IsUndecidedUntilSynced()
    {
        using var mesh = new TestMesh(synced: false);
        mesh.Options = mesh.Options with { KnownNamespaces = [], IsConfigured = false };
        var (service, foreign) = (new Uri("http://orders.sales"), new Uri("http://orders.shop"));
        mesh.Router.Match(service).Kind.ShouldBe(HostKind.Undecided);
        mesh.Router.Match(foreign).Kind.ShouldBe(HostKind.Undecided);

        mesh.Service(TestMesh.Part("alpha", new Pod("10.0.0.1")));
        mesh.Router.Match(service).Kind.ShouldBe(HostKind.Service);
        mesh.Router.Match(foreign).Kind.ShouldBe(HostKind.Undecided);

        mesh.Catalog.Sync();
        mesh.Router.Match(foreign).Kind.ShouldBe(HostKind.Foreign);
    }

    [Fact]
    public void Match_BareName_IsAServiceOfTheOwnNamespaceWhereItIsKnown()
    {
        using var mesh = new TestMesh(synced: false).Cluster("alpha");
        mesh.Options = mesh.Options with { OwnNamespace = "sales" };
        var (known, other) = (new Uri("http://orders"), new Uri("http://redis"));
        mesh.Router.Match(known).IsProvisional.ShouldBeTrue();
        mesh.Router.Match(other).Kind.ShouldBe(HostKind.Service);

        mesh.Service(TestMesh.Part("alpha", new Pod("10.0.0.1")));
        mesh.Catalog.Sync();

        mesh.Router.Match(known).Kind.ShouldBe(HostKind.Service);
        mesh.Router.Match(known).IsProvisional.ShouldBeFalse();
        mesh.Router.Match(known).Service.ShouldBe(TestMesh.Orders);
        mesh.Router.Match(other).Kind.ShouldBe(HostKind.Foreign);

        mesh.Catalog.Set(ServiceName.Parse("redis.sales"), TestMesh.Part("alpha", new Pod("10.0.0.2")));
        mesh.Router.Match(other).Kind.ShouldBe(HostKind.Service);
    }

    [Fact]
    public void Match_ClusterLocalWithoutOwnCluster_IsForeignUntilItIsKnown()
    {
        using var mesh = new TestMesh().Cluster("alpha");
        mesh.Options = mesh.Options with { Caller = null };
        var uri = new Uri("http://orders.sales.svc.cluster.local");
        mesh.Router.Match(uri).Kind.ShouldBe(HostKind.Foreign);

        mesh.Catalog.SetCluster(new ClusterSnapshot(new ClusterId("alpha")) { IsOwn = true });

        mesh.Router.Match(uri).Kind.ShouldBe(HostKind.Service);
    }

    [Fact]
    public void Match_OwnClusterNotOneOfTheMesh_LeavesClusterLocalToItsDns()
    {
        using var mesh = new TestMesh().Cluster("beta");

        mesh.Router.Match(new Uri("http://orders.sales.svc.cluster.local")).Kind.ShouldBe(HostKind.Foreign);
    }

    [Fact]
    public void Match_Hit_IsTheSameObjectWithoutAllocation()
    {
        using var mesh = new TestMesh().Cluster("alpha").Service(TestMesh.Part("alpha", new Pod("10.0.0.1")));
        Uri[] uris = [new("http://orders.sales"), new("http://github.com"), new("http://orders.elsewhere"), new("http://orders.sales.svc.cluster.local")];
        foreach (var uri in uris)
        {
            mesh.Router.Match(uri).ShouldBeSameAs(mesh.Router.Match(uri));
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 100; i++)
            {
                mesh.Router.Match(uri);
            }

            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0, uri.ToString());
        }
    }

    [Fact]
    public void Match_HostileNumberOfHosts_StaysBounded()
    {
        using var mesh = new TestMesh().Cluster("alpha");
        for (var i = 0; i < 30_000; i++)
        {
            mesh.Router.Match(new Uri($"http://h{i}.sales"));
        }

        mesh.Router.HostCache.Count.ShouldBeLessThanOrEqualTo(mesh.Router.HostCache.Limit);
    }

    [Fact]
    public void GetRoute_HostileNumberOfUnknownServices_StaysBounded()
    {
        using var mesh = new TestMesh().Cluster("alpha").Service(TestMesh.Part("alpha", new Pod("10.0.0.1")));
        var real = mesh.Route;
        mesh.Pick(real).Release();
        for (var i = 0; i < 10_000; i++)
        {
            mesh.PickResult(mesh.RouteOf($"http://h{i}.sales")).Status.ShouldBe(PickStatus.UnknownService);
        }

        mesh.Router.ServiceCount.ShouldBeLessThanOrEqualTo(4097);
        mesh.Route.ShouldBeSameAs(real);
    }
}
