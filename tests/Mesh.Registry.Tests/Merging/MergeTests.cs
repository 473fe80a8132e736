using System.Collections.Immutable;

namespace Mesh.Merging;

/// <summary>The merge rules of KEP-1645, on the pure function.</summary>
public class MergeTests
{
    private static readonly ServiceName Orders = new("sales", "orders");
    private static readonly DateTimeOffset Old = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static ClusterContribution From(string cluster, DateTimeOffset? exportedAt, params ServicePort[] ports) =>
        new("s", new ClusterId(cluster), new ServiceContribution(Orders) { Ports = [.. ports], ExportedAt = exportedAt });

    private static ServiceSnapshot Merge(params ClusterContribution[] contributions) =>
        ServiceMerger.Merge(Orders, 1, default, [.. contributions.OrderBy(static c => c.Cluster).ThenBy(static c => c.Source, StringComparer.Ordinal)], null);

    private static string Ports(ServiceSnapshot service) => string.Join(' ', service.Ports.Select(static p => $"{p.Name}:{p.Port}"));

    [Fact]
    public void Ports_OfSeveralClusters_AreAUnion()
    {
        var service = Merge(
            From("alpha", Old, new ServicePort("http", 80)),
            From("beta", Old.AddDays(1), new ServicePort("grpc", 9000), new ServicePort("http", 80)));

        Ports(service).ShouldBe("http:80 grpc:9000");
        service.Conflicts.ShouldBeEmpty();
    }

    [Fact]
    public void Ports_SameNameOtherNumber_TheOldestExportDecidesAndTheOtherIsToldWhat()
    {
        var service = Merge(
            From("alpha", Old.AddDays(1), new ServicePort("http", 80)),
            From("beta", Old, new ServicePort("http", 8080)));

        Ports(service).ShouldBe("http:8080");
        var conflict = service.Conflicts.ShouldHaveSingleItem();
        conflict.Cluster.Name.ShouldBe("alpha");
        conflict.Message.ShouldBe(
            "Its port 'http' 80/Tcp is 'http' 8080/Tcp in cluster beta, whose export is older (2026-01-01 00:00:00Z, this one's 2026-01-02 00:00:00Z); the older one's word holds.");
    }

    [Fact]
    public void Ports_SameNumberOtherName_IsAConflictByProtocolAndNumber()
    {
        var service = Merge(
            From("alpha", Old, new ServicePort("http", 80), new ServicePort("dns", 53, TransportProtocol.Udp)),
            From("beta", Old.AddDays(1), new ServicePort("web", 80), new ServicePort("dns-tcp", 53)));

        Ports(service).ShouldBe("http:80 dns:53 dns-tcp:53", "53/TCP and 53/UDP are two ports");
        service.Conflicts.ShouldHaveSingleItem().Message.ShouldContain("'web' 80/Tcp");
    }

    [Fact]
    public void Ports_ExportedAtTheSameTimeOrNever_TiesByClusterNameAndADateBeforeNone()
    {
        Ports(Merge(From("beta", Old, new ServicePort("http", 81)), From("alpha", Old, new ServicePort("http", 80)))).ShouldBe("http:80");
        Ports(Merge(From("beta", null, new ServicePort("http", 81)), From("alpha", null, new ServicePort("http", 80)))).ShouldBe("http:80");
        Ports(Merge(From("beta", Old, new ServicePort("http", 81)), From("alpha", null, new ServicePort("http", 80)))).ShouldBe("http:81");
    }

    [Fact]
    public void Ports_ALateJoinerWithAnOlderExport_TakesTheWordOverAndTheOtherIsTold()
    {
        var (young, old) = (From("alpha", Old.AddDays(1), new ServicePort("http", 80)), From("beta", Old, new ServicePort("http", 8080)));
        Ports(Merge(young)).ShouldBe("http:80");

        var flipped = Merge(young, old);

        Ports(flipped).ShouldBe("http:8080");
        flipped.Conflicts.ShouldHaveSingleItem().Cluster.Name.ShouldBe("alpha");
        Ports(Merge(young)).ShouldBe("http:80", "and back when it goes");
    }

    [Fact]
    public void Conflict_OfATieAndOfDatesThatAreMissing_SaysWhatDecided()
    {
        Why(Old, Old).ShouldEndWith("in cluster alpha, exported at the same time (2026-01-01 00:00:00Z); then the cluster's name decides.");
        Why(Old, null).ShouldEndWith("in cluster alpha, whose export has a date (2026-01-01 00:00:00Z), and this one's has none; the dated one's word holds.");
        Why(null, null).ShouldEndWith("in cluster alpha, and neither says since when it is exported; then the cluster's name decides.");

        static string Why(DateTimeOffset? alpha, DateTimeOffset? beta) =>
            Merge(From("alpha", alpha, new ServicePort("http", 80)), From("beta", beta, new ServicePort("http", 81))).Conflicts.ShouldHaveSingleItem().Message;
    }

    [Fact]
    public void Affinity_TheOldestExportWantsNone_NoneHolds()
    {
        var service = Merge(With("alpha", Old.AddDays(1), SessionAffinity.ClientIP), With("beta", Old, SessionAffinity.None));

        service.Policy.SessionAffinity.ShouldBe(SessionAffinity.None);
        service.Conflicts.ShouldHaveSingleItem().Message.ShouldStartWith("Its routing policy (SessionAffinity ClientIP) says something else than that of cluster beta (SessionAffinity None)");

        static ClusterContribution With(string cluster, DateTimeOffset at, SessionAffinity affinity)
        {
            var of = From(cluster, at, new ServicePort("http", 80));
            return of with { Service = of.Service with { Policy = new ServicePolicy { SessionAffinity = affinity } } };
        }
    }

    [Fact]
    public void Ports_NotExported_ComeLastAndConflictWithNobody()
    {
        var local = From("alpha", Old, new ServicePort("http", 1), new ServicePort("debug", 6060));
        var service = Merge(local with { Service = local.Service with { IsExported = false } }, From("beta", Old.AddYears(1), new ServicePort("http", 80)));

        Ports(service).ShouldBe("http:80 debug:6060");
        service.Conflicts.ShouldBeEmpty();
    }

    [Fact]
    public void Ports_OfAnInvalidContribution_DoNotCount()
    {
        var invalid = From("alpha", Old, new ServicePort("http", 1));
        var service = Merge(invalid with { Service = invalid.Service with { Invalid = "it is an ExternalName service" } }, From("beta", null, new ServicePort("http", 80)));

        Ports(service).ShouldBe("http:80");
        service.Contributions.Length.ShouldBe(2, "explain shows it all the same");
    }

    [Fact]
    public void Policies_OfSeveralClusters_EachPropertyByTheOldestExportThatSetsIt()
    {
        var alpha = From("alpha", Old, new ServicePort("", 80));
        var beta = From("beta", Old.AddDays(1), new ServicePort("", 80));
        var service = Merge(
            alpha with { Service = alpha.Service with { Policy = ServicePolicy.Empty with { MaxRetries = 2 } } },
            beta with { Service = beta.Service with { Policy = ServicePolicy.Empty with { MaxRetries = 3, Timeout = TimeSpan.FromSeconds(9) } } });

        service.Policy.MaxRetries.ShouldBe(2);
        service.Policy.Timeout.ShouldBe(TimeSpan.FromSeconds(9));
        service.Conflicts.ShouldHaveSingleItem().Cluster.Name.ShouldBe("beta");
    }

    [Fact]
    public void Merge_InWhateverOrderTheyCame_IsTheSame()
    {
        ClusterContribution[] contributions =
        [
            From("alpha", Old.AddDays(2), new ServicePort("http", 80), new ServicePort("a", 1)),
            From("beta", Old, new ServicePort("http", 8080), new ServicePort("b", 1)),
            From("gamma", Old.AddDays(1), new ServicePort("http", 9090), new ServicePort("c", 80)),
        ];
        var expected = Ports(Merge(contributions));

        foreach (var order in new int[][] { [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0] })
        {
            Ports(Merge(Array.ConvertAll(order, i => contributions[i]))).ShouldBe(expected);
        }
    }

    [Fact]
    public void Endpoints_TheSameInTwoSlicesAndSources_AreThereOnceTheReadyOneFirst()
    {
        var alpha = new ClusterId("alpha");
        var service = Merge(
            Slices("a", Segment("x", 8080, ("10.0.0.1", EndpointConditions.Serving), ("10.0.0.2", EndpointConditions.Ready)), Segment("y", 8080, ("10.0.0.1", EndpointConditions.Ready))),
            Slices("b", Segment("x", 8080, ("10.0.0.2", EndpointConditions.Ready)), Segment("z", 9090, ("10.0.0.2", EndpointConditions.Ready))));

        service.Endpoints.ToArray().Select(static e => $"{e.Address}:{e.Ports[0].Port} {e.Conditions}").ShouldBe(
            ["10.0.0.2:8080 Ready", "10.0.0.1:8080 Ready", "10.0.0.2:9090 Ready"], "another port is another endpoint");
        service.EndpointCount.ShouldBe(3);

        ClusterContribution Slices(string source, params EndpointSegment[] segments) =>
            new(source, alpha, new ServiceContribution(Orders) { Segments = [.. segments] });

        EndpointSegment Segment(string slice, int port, params (string Address, EndpointConditions Conditions)[] endpoints)
        {
            var segment = new EndpointSegmentBuilder(alpha, slice, [new EndpointPort("", port)]);
            foreach (var (text, conditions) in endpoints)
            {
                EndpointAddress.TryParse(text, out var address).ShouldBeTrue();
                segment.Add(new EndpointDescription(address) { Conditions = conditions });
            }

            return segment.Build();
        }
    }

    [Fact]
    public void Endpoints_TheSameAddressInTwoClusters_AreTwo()
    {
        ClusterContribution Of(string cluster) => new("s", new ClusterId(cluster), new ServiceContribution(Orders)
        {
            Segments = [new EndpointSegmentBuilder(new ClusterId(cluster), "x", []).Add(new EndpointDescription(EndpointAddress.FromIPv4(1))).Build()],
        });

        Merge(Of("alpha"), Of("beta")).EndpointCount.ShouldBe(2, "networks of clusters may overlap");
    }

    [Fact]
    public void Endpoints_OnePodInSlicesOfBothFamilies_CountsOnceByTheFamilyThatStandsFirst()
    {
        Addresses(Dual("a", "10.0.0.1/1 10.0.0.2/2"), Dual("b", "fd00::1/1 fd00::2/2")).ShouldBe("10.0.0.1 10.0.0.2");
        Addresses(Dual("b", "fd00::1/1 fd00::2/2"), Dual("a", "10.0.0.1/1 10.0.0.2/2")).ShouldBe("fd00::1 fd00::2");
    }

    [Fact]
    public void Endpoints_OnePodOfBothFamilies_TheFirstFamilysWordStandsWhileTheOtherLagsBehind()
    {
        var service = Merge(Of(Dual("a", "10.0.0.1/1", conditions: EndpointConditions.None), Dual("b", "fd00::1/1")));

        service.Endpoints.ToArray().ShouldHaveSingleItem().Conditions.ShouldBe(EndpointConditions.None);
    }

    [Fact]
    public void Endpoints_PodOfOneFamilyAlone_StaysBesideThoseOfBoth() =>
        Addresses(Dual("a", "10.0.0.1/1"), Dual("b", "fd00::1/1 fd00::2/2")).ShouldBe("10.0.0.1 fd00::2");

    [Fact]
    public void Endpoints_OfBothFamiliesWithoutAUid_AreAllThere() =>
        Addresses(Dual("a", "10.0.0.1/0"), Dual("b", "fd00::1/0")).ShouldBe("10.0.0.1 fd00::1", "nothing says that they are one pod");

    [Fact]
    public void Endpoints_TwoAddressesOfOneFamilyWithOneUid_AreTwo() =>
        Addresses(Dual("a", "10.0.0.1/1 10.0.0.2/1"), Dual("b", "fd00::1/1")).ShouldBe("10.0.0.1 10.0.0.2", "somebody wrote both on purpose");

    [Fact]
    public void Endpoints_OnePodOfBothFamiliesWithOtherPorts_LosesNoPort() =>
        Addresses(Dual("a", "10.0.0.1/1"), Dual("b", "fd00::1/1", port: 9090)).ShouldBe("10.0.0.1 fd00::1");

    [Fact]
    public void Endpoints_OnePodInTwoSlicesOfEachFamily_CountsOnce() =>
        Addresses(Dual("a", "10.0.0.1/1"), Dual("a2", "10.0.0.1/1"), Dual("b", "fd00::1/1"), Dual("b2", "fd00::1/1")).ShouldBe("10.0.0.1", "it is moving between slices");

    private static string Addresses(params EndpointSegment[] segments) => string.Join(' ', Merge(Of(segments)).Endpoints.ToArray().Select(static e => e.Address.ToString()).Order(StringComparer.Ordinal));

    private static ClusterContribution Of(params EndpointSegment[] segments) => new("s", new ClusterId("alpha"), new ServiceContribution(Orders) { Segments = [.. segments] });

    private static EndpointSegment Dual(string slice, string addressesAndPods, int port = 8080, EndpointConditions conditions = EndpointConditions.Ready | EndpointConditions.Serving)
    {
        var segment = new EndpointSegmentBuilder(new ClusterId("alpha"), slice, [new EndpointPort("http", port)]);
        foreach (var text in addressesAndPods.Split(' '))
        {
            var parts = text.Split('/');
            segment.Add(new EndpointDescription(EndpointAddress.Parse(parts[0])) { Conditions = conditions, TargetUid = parts[1] == "0" ? null : new Guid(parts[1][0], 0, 0, new byte[8]) });
        }

        return segment.Build();
    }
}
