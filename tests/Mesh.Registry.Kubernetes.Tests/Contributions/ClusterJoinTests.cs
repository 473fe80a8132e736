using System.Collections.Immutable;
using Mesh.Connector;
using Mesh.Decoding;

namespace Mesh.Contributions;

public sealed class ClusterJoinTests
{
    private readonly RecordingSink _sink = new();
    private readonly ClusterJoin _join;
    private readonly WatchedSet<ServiceObject, ServiceObject> _services;
    private readonly WatchedSet<SliceObject, SliceEntry> _slices;
    private readonly WatchedSet<NodeObject, NodeObject> _nodes;

    public ClusterJoinTests()
    {
        _join = new ClusterJoin("kubernetes/alpha", new ClusterId("alpha"), _sink, new ServiceFilter([]), "home", null, ExportMode.All, static _ => { });
        _services = _join.AddServices();
        _slices = _join.AddSlices();
        _nodes = _join.AddNodes((_, _) => { });
    }

    [Fact]
    public void Open_NotEverythingListed_WaitsForIt()
    {
        List(_services, Service("orders"));
        List(_slices, Slice("orders", "a", "10.0.0.1"));
        _sink.Calls.ShouldBeEmpty();

        List(_nodes);

        _sink.Calls.ShouldBe(["Reset 1"]);
        _sink.Addresses("orders.sales").ShouldBe("10.0.0.1");
    }

    [Fact]
    public void Slice_Changes_RebuildsItsSegmentAlone()
    {
        Open([Service("orders")], [Slice("orders", "a", "10.0.0.1"), Slice("orders", "b", "10.0.0.2")]);
        var before = _sink.Find("orders.sales")!.Segments;

        Apply(_slices, Slice("orders", "b", "10.0.0.3"));

        var after = _sink.Find("orders.sales")!.Segments;
        after[0].ShouldBeSameAs(before[0]);
        after[1].ShouldNotBeSameAs(before[1]);
        _sink.Calls.Last().ShouldBe("Upsert orders.sales");
    }

    [Fact]
    public void Slice_TouchedWithoutAChange_PublishesNothing()
    {
        Open([Service("orders")], [Slice("orders", "a", "10.0.0.1")]);

        Apply(_slices, Slice("orders", "a", "10.0.0.1"));
        Apply(_services, Service("orders"));

        _sink.Calls.ShouldBe(["Reset 1"]);
    }

    [Fact]
    public void Relist_SameState_PublishesNothing()
    {
        Open([Service("orders")], [Slice("orders", "a", "10.0.0.1")]);

        List(_services, Service("orders"));
        List(_slices, Slice("orders", "a", "10.0.0.1"));

        _sink.Calls.ShouldBe(["Reset 1"]);
    }

    [Fact]
    public void Relist_SomethingMissing_IsDeleted()
    {
        Open([Service("orders"), Service("stock")], [Slice("orders", "a", "10.0.0.1"), Slice("orders", "b", "10.0.0.2")]);

        List(_slices, Slice("orders", "b", "10.0.0.2"));
        List(_services, Service("orders"), Service("new"));

        _sink.Addresses("orders.sales").ShouldBe("10.0.0.2");
        _sink.Services.Select(static s => s.Name).ShouldBe(["new", "orders"]);
        _sink.Calls.ShouldBe(["Reset 2", "Upsert orders.sales", "Upsert new.sales", "Remove stock.sales"]);
    }

    [Fact]
    public void Relist_SliceReplacedByAnother_IsNeverSeenWithNeither()
    {
        var order = new List<string>();
        var set = new WatchedSet<SliceObject, SliceObject>(
            "EndpointSlice", static s => new ObjectKey(s.Namespace, s.Name), static s => s, (key, kept) => order.Add($"{(kept is null ? "remove" : "set")} {key.Name}"), _join);
        List(set, Slice("orders", "a", "10.0.0.1"));

        List(set, Slice("orders", "b", "10.0.0.2"));

        order.ShouldBe(["set a", "set b", "remove a"]);
    }

    [Fact]
    public void Slices_OfServicesThatAreNotWanted_AreNotKept()
    {
        var join = new ClusterJoin("kubernetes/alpha", new ClusterId("alpha"), _sink, new ServiceFilter(["orders.sales"]), "home", null, ExportMode.All, static _ => { });
        var slices = join.AddSlices();

        slices.Apply(Slice("orders", "a", "10.0.0.1"));
        slices.Apply(Slice("carts", "b", "10.0.0.2"));

        slices.Count.ShouldBe(1);
    }

    [Fact]
    public void Relist_OfAnotherNamespace_LeavesProblemsAlone()
    {
        var others = _join.AddSlices();
        Open([Service("orders")], [Slice("orders", "a", "10.0.0.1")]);
        List(others);
        _slices.Skip(new ObjectIdentity("sales", "a"), "it is malformed");

        List(others);

        _sink.Problems.ShouldContainKey("EndpointSlice sales/a");
    }

    [Fact]
    public void Relist_BrokenOff_ChangesNothing()
    {
        Open([Service("orders")], []);

        _services.Init();
        _services.InitApply(Service("half"));
        _join.Flush(0);
        _services.Init();
        _services.InitApply(Service("orders"));
        _services.InitDone();
        _join.Flush(0);

        _sink.Services.Select(static s => s.Name).ShouldBe(["orders"]);
    }

    [Fact]
    public void Slice_BeforeItsService_WaitsForIt()
    {
        Open([], [Slice("orders", "a", "10.0.0.1")]);
        _sink.Services.ShouldBeEmpty();

        Apply(_services, Service("orders"));
        _sink.Addresses("orders.sales").ShouldBe("10.0.0.1");

        Delete(_services, Service("orders"));
        _sink.Calls.Last().ShouldBe("Remove orders.sales");
    }

    [Fact]
    public void Slice_GivenToAnotherService_Moves()
    {
        Open([Service("orders"), Service("stock")], [Slice("orders", "a", "10.0.0.1")]);

        Apply(_slices, Slice("stock", "a", "10.0.0.1"));

        _sink.Addresses("orders.sales").ShouldBe("");
        _sink.Addresses("stock.sales").ShouldBe("10.0.0.1");
    }

    [Fact]
    public void Slice_CopiedFromAnotherCluster_IsNeverContributed()
    {
        Open([Service("orders")], [Slice("orders", "a", "10.0.0.1"), Slice("orders", "imported", "10.9.0.1", imported: true)]);

        _sink.Addresses("orders.sales").ShouldBe("10.0.0.1");
    }

    [Fact]
    public void ExternalName_Is_InvalidWithAdvice()
    {
        Open([Service("db") with { Kind = ServiceKind.ExternalName, ExternalName = "db.example.com" }], [Slice("db", "a", "10.0.0.1")]);

        var service = _sink.Find("db.sales")!;
        service.Invalid!.ShouldContain("Call db.example.com itself");
        service.Segments.ShouldBeEmpty();
    }

    [Fact]
    public void Service_WithoutPorts_IsInvalidUntilItHasOne()
    {
        Open([Service("orders") with { Ports = [] }], []);
        _sink.Find("orders.sales")!.Invalid!.ShouldContain("has no ports");

        Apply(_services, Service("orders"));
        _sink.Find("orders.sales")!.Invalid.ShouldBeNull();
    }

    [Fact]
    public void Address_OfAnotherFamily_IsLeftOutNamedOnceAndClearedWhenFixed()
    {
        Open([Service("orders")], [Slice("orders", "a", "10.0.0.1", "fd00::1")]);
        _sink.Addresses("orders.sales").ShouldBe("10.0.0.1");
        var problem = _sink.Problems["EndpointSlice sales/a"];
        problem.Message.ShouldContain("fd00::1 is no IPv4 address");
        problem.Service.ShouldBe(ServiceName.Parse("orders.sales"));

        Apply(_slices, Slice("orders", "a", "10.0.0.2", "fd00::1"));
        _sink.Calls.Count(static c => c.StartsWith("Problem", StringComparison.Ordinal)).ShouldBe(1);

        Apply(_slices, Slice("orders", "a", "10.0.0.1"));
        _sink.Problems.ShouldBeEmpty();
        _sink.Calls.ShouldContain("Clear EndpointSlice sales/a");
    }

    [Theory]
    [InlineData("127.0.0.1", "loopback")]
    [InlineData("127.9.9.9", "loopback")]
    [InlineData("0.0.0.0", "unspecified")]
    [InlineData("169.254.169.254", "metadata")]
    [InlineData("169.254.1.1", "link-local")]
    [InlineData("224.0.0.1", "multicast")]
    [InlineData("255.255.255.255", "broadcast")]
    [InlineData("::1", "loopback")]
    [InlineData("::", "unspecified")]
    [InlineData("fe80::1", "link-local")]
    [InlineData("febf::1", "link-local")]
    [InlineData("ff02::1", "multicast")]
    [InlineData("fd00:ec2::254", "metadata")]
    [InlineData("::127.0.0.1", "loopback")]
    [InlineData("64:ff9b::169.254.169.254", "metadata")]
    [InlineData("2002:7f00:1::", "127.0.0.1 in IPv6 clothes, a loopback")]
    [InlineData("2002:a9fe:a9fe:1::5", "169.254.169.254 in IPv6 clothes, the metadata")]
    [InlineData("64:ff9b:1::127.0.0.1", "127.0.0.1 in IPv6 clothes, a loopback")]
    [InlineData("64:ff9b:1:7f00:0:100::", "127.0.0.1 in IPv6 clothes, a loopback")]
    [InlineData("64:ff9b:1:aa7f:0:1::", "127.0.0.1 in IPv6 clothes, a loopback")]
    [InlineData("64:ff9b:1:aaaa:a9:fea9:fe00:0", "169.254.169.254 in IPv6 clothes, the metadata")]
    [InlineData("64:ff9b:1:abcd::169.254.169.254", "169.254.169.254 in IPv6 clothes, the metadata")]
    [InlineData("::ffff:0:127.0.0.1", "127.0.0.1 in IPv6 clothes, a loopback")]
    [InlineData("fec0::1", "site-local")]
    [InlineData("feff::1", "site-local")]
    public void Address_NoClusterMayContribute_IsRefused(string address, string reason)
    {
        var type = address.Contains(':', StringComparison.Ordinal) ? SliceAddressType.IPv6 : SliceAddressType.IPv4;
        Open([Service("orders")], [Slice("orders", "a", type, address)]);

        _sink.Addresses("orders.sales").ShouldBe("");
        _sink.Problems.Single().Value.Message.ShouldContain(reason);
    }

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("100.64.0.1")]
    [InlineData("192.168.1.1")]
    [InlineData("169.253.0.1")]
    [InlineData("fd00::1")]
    [InlineData("2002:a00:1::5")]
    [InlineData("64:ff9b:1::a00:1")]
    [InlineData("64:ff9b:1:a00:0:100::")]
    [InlineData("64:ff9b::a00:1")]
    [InlineData("::ffff:0:10.0.0.1")]
    [InlineData("2001:db8::1")]
    public void Address_OfAPod_IsTaken(string address)
    {
        var type = address.Contains(':', StringComparison.Ordinal) ? SliceAddressType.IPv6 : SliceAddressType.IPv4;
        Open([Service("orders")], [Slice("orders", "a", type, address)]);

        _sink.Addresses("orders.sales").ShouldBe(address);
        _sink.Problems.ShouldBeEmpty();
    }

    [Fact]
    public void Address_MappedIntoIPv6_IsNoIPv6Address()
    {
        Open([Service("orders")], [Slice("orders", "a", SliceAddressType.IPv6, "::ffff:127.0.0.1")]);

        _sink.Addresses("orders.sales").ShouldBe("");
        _sink.Problems.Count.ShouldBe(1);
    }

    [Fact]
    public void Slice_OfDnsNames_IsRefused()
    {
        Open([Service("orders")], [Slice("orders", "a", SliceAddressType.Fqdn, "localhost.example")]);

        _sink.Addresses("orders.sales").ShouldBe("");
        _sink.Problems.Single().Value.Message.ShouldContain("FQDN");
    }

    [Fact]
    public void Slice_WithEndpointsAndNoPort_IsNamed()
    {
        var slice = Slice("orders", "a", "10.0.0.1");
        Open([Service("orders")], [new SliceObject(slice.Namespace, slice.Name, "1") { ServiceName = "orders", AddressType = slice.AddressType, Endpoints = slice.Endpoints }]);

        _sink.Addresses("orders.sales").ShouldBe("");
        _sink.Problems.Single().Value.Message.ShouldContain("no port");
    }

    [Fact]
    public void Slice_Empty_IsNoProblem()
    {
        Open([Service("orders")], [new SliceObject("sales", "a", "1") { ServiceName = "orders", AddressType = SliceAddressType.IPv4 }]);

        _sink.Find("orders.sales")!.Segments.ShouldBeEmpty();
        _sink.Problems.ShouldBeEmpty();
    }

    [Fact]
    public void Address_TwiceInASlice_IsTakenOnceReadyFirst()
    {
        var slice = Slice("orders", "a", "10.0.0.1", "10.0.0.1", "10.0.0.2");
        slice.Endpoints[0] = slice.Endpoints[0] with { Conditions = EndpointConditions.Serving | EndpointConditions.Terminating };
        Open([Service("orders")], [slice]);

        var endpoints = _sink.Endpoints("orders.sales");
        endpoints.Length.ShouldBe(2);
        endpoints.ShouldAllBe(static e => e.Conditions.HasFlag(EndpointConditions.Ready));
    }

    [Fact]
    public void Slices_TenThousandEndpointsInAHundred_AreAllThereAndOneChangeCostsOneSlice()
    {
        var slices = Enumerable.Range(0, 100).Select(static i => Slice("orders", $"s{i:00}", [.. Enumerable.Range(0, 100).Select(j => $"10.{i}.0.{j}")])).ToArray();
        Open([Service("orders")], slices);
        var before = _sink.Find("orders.sales")!.Segments;

        Apply(_slices, Slice("orders", "s50", "10.200.0.1"));

        var after = _sink.Find("orders.sales")!.Segments;
        before.Sum(static s => s.Count).ShouldBe(10_000);
        after.Sum(static s => s.Count).ShouldBe(9_901);
        after.Zip(before).Count(static p => !ReferenceEquals(p.First, p.Second)).ShouldBe(1);
    }

    [Fact]
    public void Slice_TenThousandEndpoints_AreAllThere()
    {
        var addresses = Enumerable.Range(0, 10_000).Select(static i => $"10.{i >> 16}.{(i >> 8) & 255}.{i & 255}").ToArray();
        addresses[0] = "10.200.0.1";
        Open([Service("orders")], [Slice("orders", "a", addresses)]);

        _sink.Endpoints("orders.sales").Length.ShouldBe(10_000);
    }

    [Theory]
    [InlineData(null, "10.0.0.1 10.0.0.2 fd00::1")]
    [InlineData("IPv4", "10.0.0.1 10.0.0.2 fd00::1")]
    [InlineData("IPv6", "fd00::1 10.0.0.1 10.0.0.2")]
    public void Slices_OfBothFamilies_TheServicesFirstFamilyStandsFirst(string? family, string expected)
    {
        Open(
            [Service("orders") with { Family = family is null ? null : Enum.Parse<SliceAddressType>(family), IsHeadless = family is null }],
            [Slice("orders", "b", "10.0.0.1"), Slice("orders", "a", SliceAddressType.IPv6, "fd00::1"), Slice("orders", "c", "10.0.0.2")]);

        string.Join(' ', _sink.Endpoints("orders.sales").Select(static e => e.Address.ToString())).ShouldBe(expected);
    }

    [Fact]
    public void Service_ChangesItsFirstFamily_IsPublishedAnew()
    {
        Open([Service("orders")], [Slice("orders", "a", "10.0.0.1"), Slice("orders", "b", SliceAddressType.IPv6, "fd00::1")]);

        Apply(_services, Service("orders") with { Family = SliceAddressType.IPv6 });

        _sink.Endpoints("orders.sales")[0].Address.ToString().ShouldBe("fd00::1");
    }

    [Fact]
    public void Slices_WithOtherNumbersForOneNamedPort_KeepTheirs()
    {
        Open([Service("orders")], [Slice("orders", "a", "10.0.0.1"), Slice("orders", "b", "10.0.0.2", new EndpointPort("http", 9090))]);

        _sink.Endpoints("orders.sales").Select(static e => $"{e.Address}:{e.Ports[0].Port}").ShouldBe(["10.0.0.1:8080", "10.0.0.2:9090"]);
    }

    [Fact]
    public void Service_Affinity_IsInItsPolicyAlsoThatThereIsNone()
    {
        Open([Service("orders") with { ClientIpAffinity = TimeSpan.FromSeconds(77), TrafficDistribution = TrafficDistribution.PreferSameZone }, Service("stock")], []);

        _sink.Find("orders.sales")!.Policy.ShouldBe(new ServicePolicy
        {
            SessionAffinity = SessionAffinity.ClientIP,
            SessionAffinityTimeout = TimeSpan.FromSeconds(77),
            TrafficDistribution = TrafficDistribution.PreferSameZone,
        });
        _sink.Find("stock.sales")!.Policy.ShouldBe(new ServicePolicy { SessionAffinity = SessionAffinity.None });
        Apply(_services, Service("orders"));
        _sink.Find("orders.sales")!.Policy!.SessionAffinity.ShouldBe(SessionAffinity.None);
        _sink.Calls.ShouldBe(["Reset 2", "Upsert orders.sales"]);
    }

    [Fact]
    public void Region_NodesListedLateRelabelledAndMissingInANewList_EndpointsFollow()
    {
        List(_services, Service("orders"));
        List(_slices, Slice("orders", "a", "10.0.0.1"), Slice("orders", "b", "10.0.0.2"));
        List(_nodes, new NodeObject("n1", "1", "eu", null), new NodeObject("n2", "1", "eu", null));
        _sink.Calls.ShouldBe(["Reset 1"]);
        Regions().ShouldBe(["eu", "eu"]);

        Apply(_nodes, new NodeObject("n1", "2", "us", null));
        Regions().ShouldBe(["us", "us"]);
        Apply(_slices, Slice("orders", "c", "10.0.0.3"));
        Regions().ShouldBe(["us", "us", "us"], "a slice that comes later finds the Node");

        List(_nodes, new NodeObject("n2", "1", "eu", null));
        Regions().ShouldBe(["home", "home", "home"], "the Node went while nobody watched");

        IEnumerable<string?> Regions() => _sink.Endpoints("orders.sales").Select(static e => e.Locality.Region);
    }

    [Fact]
    public void Region_FromTheNode_ElseFromTheConfiguration()
    {
        Open([Service("orders")], [Slice("orders", "a", "10.0.0.1")]);
        Region().ShouldBe("home");

        Apply(_nodes, new NodeObject("n1", "1", "eu", null));
        Region().ShouldBe("eu");
        Apply(_nodes, new NodeObject("n1", "2", null, null));
        Region().ShouldBe("home");
        Apply(_nodes, new NodeObject("n1", "3", "us", null));
        Delete(_nodes, new NodeObject("n1", "3", "us", null));
        Region().ShouldBe("home");

        string? Region() => _sink.Endpoints("orders.sales").Single().Locality.Region;
    }

    [Fact]
    public void Node_NobodyIsOn_ChangesNothing()
    {
        Open([Service("orders")], [Slice("orders", "a", "10.0.0.1")]);

        Apply(_nodes, new NodeObject("elsewhere", "1", "eu", null));

        _sink.Calls.ShouldBe(["Reset 1"]);
    }

    [Fact]
    public void Object_LeftOut_KeepsWhatWasKnownOfIt()
    {
        Open([Service("orders")], [Slice("orders", "a", "10.0.0.1"), Slice("orders", "b", "10.0.0.2")]);

        _slices.Skip(new ObjectIdentity("sales", "a"), "it is malformed");
        _sink.Problems["EndpointSlice sales/a"].Message.ShouldContain("what was known of it before is used");
        _slices.Init();
        _slices.Skip(new ObjectIdentity("sales", "a"), "it is malformed");
        _slices.InitDone();
        _join.Flush(0);

        _sink.Addresses("orders.sales").ShouldBe("10.0.0.1");
        _sink.Problems.Count.ShouldBe(1);
        Apply(_slices, Slice("orders", "a", "10.0.0.1"));
        _sink.Problems.ShouldBeEmpty();
    }

    [Fact]
    public void Object_LeftOutInOneListAndThereInTheNext_IsNoProblemAnyMore()
    {
        _slices.Init();
        _slices.Skip(new ObjectIdentity(null, null), "it is larger than allowed");
        _slices.InitDone();
        List(_services, Service("orders"));
        List(_nodes);
        _sink.Problems.ShouldContainKey("EndpointSlice ?");

        List(_slices, Slice("orders", "a", "10.0.0.1"));

        _sink.Problems.ShouldBeEmpty();
    }

    [Fact]
    public void Service_WithANameThatIsNone_IsLeftOut()
    {
        Open([Service("orders"), Service("Or.ders")], []);

        _sink.Services.Single().Name.ShouldBe("orders");
        _sink.Problems.Single().Key.ShouldBe("Service sales/Or.ders");
        _sink.Problems.Single().Value.Message.ShouldContain("no DNS label");
    }

    [Fact]
    public void Service_WithAForgedName_CannotForgeLogLines()
    {
        Open([Service("or\nders")], [new SliceObject("sales", "a\r\nb", "1") { ServiceName = "stock", AddressType = SliceAddressType.Fqdn, Endpoints = Endpoints(["x.example"]) }]);
        Apply(_services, Service("stock"));

        _sink.Problems.Count.ShouldBe(2);
        _sink.Problems.ShouldAllBe(static p => !p.Key.Any(char.IsControl) && !p.Value.Message.Any(char.IsControl));
    }

    // With a walk over all of them for each of them every change takes seconds, and this minutes.
    [Fact]
    public void Slices_TwentyThousandThatMayNotBeContributed_EachChangeIsTakenAndTakenBack()
    {
        Open([Service("orders")], [.. Enumerable.Range(0, 20_000).Select(static i => Slice("orders", $"s{i}", "127.0.0.1"))]);
        _sink.Problems.Count.ShouldBe(20_000);

        for (var i = 0; i < 100; i++) Apply(_slices, Slice("orders", $"s{i}", $"10.0.0.{i}"));

        _sink.Problems.Count.ShouldBe(19_900);
    }

    private void Open(ServiceObject[] services, SliceObject[] slices)
    {
        List(_nodes);
        List(_services, services);
        List(_slices, slices);
    }

    private static void List<T, TKept>(WatchedSet<T, TKept> set, params T[] items)
        where TKept : class
    {
        set.Init();
        foreach (var item in items) set.InitApply(item);
        set.InitDone();
        set.Flush(0);
    }

    private static void Apply<T, TKept>(WatchedSet<T, TKept> set, T item)
        where TKept : class
    {
        set.Apply(item);
        set.Flush(0);
    }

    private static void Delete<T, TKept>(WatchedSet<T, TKept> set, T item)
        where TKept : class
    {
        set.Delete(item);
        set.Flush(0);
    }

    private static ServiceObject Service(string name) => new("sales", name, "1") { Ports = [new ServicePort("http", 80)] };

    private static SliceObject Slice(string service, string name, params string[] addresses) => Slice(service, name, SliceAddressType.IPv4, addresses);

    private static SliceObject Slice(string service, string name, string address, EndpointPort port) =>
        new("sales", name, "1") { ServiceName = service, AddressType = SliceAddressType.IPv4, Ports = [port], Endpoints = Endpoints([address]) };

    private static SliceObject Slice(string service, string name, string address, bool imported) =>
        new("sales", name, "1") { ServiceName = service, IsImported = imported, AddressType = SliceAddressType.IPv4, Ports = Ports, Endpoints = Endpoints([address]) };

    private static SliceObject Slice(string service, string name, SliceAddressType type, params string[] addresses) =>
        new("sales", name, "1") { ServiceName = service, AddressType = type, Ports = Ports, Endpoints = Endpoints(addresses) };

    private static ImmutableArray<EndpointPort> Ports { get; } = [new EndpointPort("http", 8080)];

    private static List<SliceEndpoint> Endpoints(string[] addresses) => addresses.Select(static a => new SliceEndpoint
    {
        Address = EndpointAddress.TryParse(a, out var address) ? address : default,
        Malformed = EndpointAddress.TryParse(a, out _) ? null : a,
        Conditions = EndpointConditions.Ready | EndpointConditions.Serving,
        Node = "n1",
        ZoneHints = [],
        NodeHints = [],
    }).ToList();
}
