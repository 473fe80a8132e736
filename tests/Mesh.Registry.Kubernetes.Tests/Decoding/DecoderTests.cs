using System.Text;
using System.Text.Json;

namespace Mesh.Decoding;

public sealed class DecoderTests
{
    private readonly StringPool _pool = new();

    [Fact]
    public void Service_Whole_GivesWhatTheCatalogNeeds()
    {
        var service = Decode(new ServiceDecoder(_pool), DecodingSamples.Service);

        service.Name.ShouldBe("orders");
        service.Namespace.ShouldBe("sales");
        service.ResourceVersion.ShouldBe("17");
        service.Kind.ShouldBe(ServiceKind.Endpoints);
        service.IsHeadless.ShouldBeTrue();
        service.HasSelector.ShouldBeTrue();
        service.ClientIpAffinity.ShouldBe(TimeSpan.FromSeconds(60));
        service.Family.ShouldBe(SliceAddressType.IPv6);
        service.TrafficDistribution.ShouldBe(TrafficDistribution.PreferSameNode);
        service.Ports.ShouldBe([new ServicePort("http", 80, TransportProtocol.Tcp, "kubernetes.io/h2c"), new ServicePort("dns", 53, TransportProtocol.Udp)]);
    }

    [Fact]
    public void Service_ExternalNameWithoutSelector_SaysSo()
    {
        var service = Decode(
            new ServiceDecoder(_pool),
            """{"spec":{"type":"ExternalName","externalName":"db.example.com","selector":null,"ports":null,"sessionAffinity":"None"},"metadata":{"namespace":"sales","name":"db","resourceVersion":"1"}}""");

        service.Kind.ShouldBe(ServiceKind.ExternalName);
        service.ExternalName.ShouldBe("db.example.com");
        service.HasSelector.ShouldBeFalse();
        service.Ports.ShouldBeEmpty();
        service.ClientIpAffinity.ShouldBeNull();
        service.Family.ShouldBeNull();
        service.TrafficDistribution.ShouldBeNull();
    }

    [Theory]
    [InlineData("""null""", null)]
    [InlineData("""{"conditions":null}""", null)]
    [InlineData("""{"conditions":[{"type":"Valid","status":"True","message":"fine"},{"type":"Conflict","status":"False"}]}""", null)]
    [InlineData("""{"conditions":[{"type":"Valid","status":"Unknown"},{"type":"Ready","status":"False","message":"no"}]}""", null)]
    [InlineData("""{"conditions":[{"status":"False","type":"Valid","reason":"NoService","message":"no such\nService."},{"type":"Ready","status":"True"}]}""", "its ServiceExport is marked Valid=False: no such Service")]
    [InlineData("""{"conditions":[{"type":"Valid","status":"False","reason":"NoService","message":""}]}""", "its ServiceExport is marked Valid=False: NoService")]
    [InlineData("""{"conditions":[{"type":"Valid","status":"False"}]}""", "its ServiceExport is marked Valid=False")]
    public void Export_Conditions_OnlyValidFalseRefuses(string status, string? refusal)
    {
        var export = Decode(
            new ExportDecoder(_pool),
            """{"apiVersion":"multicluster.x-k8s.io/v1beta1","metadata":{"creationTimestamp":"2026-01-02T03:04:05Z","name":"orders","namespace":"sales","resourceVersion":"7","labels":{"a":"b"}},"spec":{},"status":STATUS}"""
                .Replace("STATUS", status, StringComparison.Ordinal));

        export.ShouldBe(new ExportObject("sales", "orders", "7", new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), refusal));
    }

    [Theory]
    [InlineData("PreferClose", TrafficDistribution.PreferSameZone)]
    [InlineData("PreferSameZone", TrafficDistribution.PreferSameZone)]
    [InlineData("PreferSameNode", TrafficDistribution.PreferSameNode)]
    [InlineData("PreferTheMoon", null)]
    public void Service_TrafficDistribution_IsKnownByAllItsNames(string written, TrafficDistribution? expected) =>
        Decode(
            new ServiceDecoder(_pool),
            """{"spec":{"trafficDistribution":"WISH","ipFamilies":[]},"metadata":{"namespace":"sales","name":"db","resourceVersion":"1"}}""".Replace("WISH", written, StringComparison.Ordinal))
            .TrafficDistribution.ShouldBe(expected);

    [Fact]
    public void Slice_Whole_GivesWhatTheCatalogNeeds()
    {
        var slice = Decode(new SliceDecoder(_pool), DecodingSamples.Slice);

        slice.ServiceName.ShouldBe("orders");
        slice.IsImported.ShouldBeFalse();
        slice.AddressType.ShouldBe(SliceAddressType.IPv4);
        slice.Ports.ShouldBe([new EndpointPort("http", 8080)]);
        slice.Endpoints.Select(static e => e.Address.ToString()).ShouldBe(["10.1.0.1", "10.1.0.2", "10.1.0.3", "10.1.0.4"]);
        var first = slice.Endpoints[0];
        first.Node.ShouldBe("n1");
        first.Zone.ShouldBe("eu-1");
        first.TargetUid.ShouldBe(Guid.Parse("7c9e6679-7425-40de-944b-e07fc1f90ae7"));
        first.ZoneHints.ShouldBe(["eu-1", "eu-2"]);
        first.NodeHints.ShouldBe(["n1"]);
    }

    [Fact]
    public void Slice_ConditionsNotSaid_AreReadyServingNotTerminating()
    {
        var slice = Decode(new SliceDecoder(_pool), DecodingSamples.Slice);

        const EndpointConditions Up = EndpointConditions.Ready | EndpointConditions.Serving;
        slice.Endpoints.Select(static e => e.Conditions).ShouldBe([Up, Up, EndpointConditions.Serving | EndpointConditions.Terminating, Up]);
    }

    [Fact]
    public void Slice_NullsAndFieldsNobodyKnows_AreNothing()
    {
        var slice = Decode(
            new SliceDecoder(_pool),
            """
            {"novel":{"deep":[{"er":[]}]},"metadata":{"name":"a","namespace":"b","resourceVersion":"1","labels":null,"annotations":null,"managedFields":null,"ownerReferences":[null]},"addressType":"IPv4","ports":null,
            "endpoints":[{"addresses":null,"conditions":null,"nodeName":null,"zone":null,"targetRef":null,"hints":null,"hostname":null,"deprecatedTopology":{"a":"b"}},
            {"addresses":["10.0.0.1","10.0.0.2"],"conditions":{"ready":null,"serving":null,"terminating":null,"novel":{"x":1}},"hints":{"forZones":null,"forNodes":null,"forMoons":[{"name":"m"}]}}]}
            """);

        slice.ServiceName.ShouldBeNull();
        slice.Ports.ShouldBeEmpty();
        slice.Endpoints[0].Address.Kind.ShouldBe(EndpointAddressKind.None);
        slice.Endpoints[1].Address.ToString().ShouldBe("10.0.0.1");
        slice.Endpoints[1].Conditions.ShouldBe(EndpointConditions.Ready | EndpointConditions.Serving);
        Decode(new SliceDecoder(_pool), """{"metadata":{"name":"a","resourceVersion":"1"},"endpoints":null}""").Endpoints.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("source-cluster")]
    [InlineData("service-name")]
    public void Slice_CopiedFromAnotherCluster_IsMarked(string label)
    {
        var slice = Decode(
            new SliceDecoder(_pool),
            """{"metadata":{"name":"a","namespace":"b","resourceVersion":"1","labels":{"multicluster.kubernetes.io/LABEL":"beta","kubernetes.io/service-name":"a"}}}""".Replace("LABEL", label, StringComparison.Ordinal));

        slice.IsImported.ShouldBeTrue();
    }

    [Fact]
    public void Slice_NamesInManyObjects_AreOneString()
    {
        var one = Decode(new SliceDecoder(_pool), DecodingSamples.Slice);
        var two = Decode(new SliceDecoder(_pool), DecodingSamples.Slice);

        two.Endpoints[0].Node.ShouldBeSameAs(one.Endpoints[0].Node);
        two.Endpoints[0].Zone.ShouldBeSameAs(one.Endpoints[0].Zone);
        two.Namespace.ShouldBeSameAs(one.Namespace);
    }

    [Fact]
    public void Node_Labels_GiveItsPlace() =>
        Decode(new NodeDecoder(_pool), DecodingSamples.Node).ShouldBe(new NodeObject("n1", "19", "eu", "eu-1"));

    [Theory]
    [InlineData("10.0.0.1", true)]
    [InlineData("255.255.255.255", true)]
    [InlineData("0.0.0.0", true)]
    [InlineData("10.0.0", false)]
    [InlineData("10.0.0.1.2", false)]
    [InlineData("10.0.0.256", false)]
    [InlineData("10.0.0.01", false)]
    [InlineData("10.0.0.1 ", false)]
    [InlineData("10..0.1", false)]
    [InlineData("a.b.c.d", false)]
    [InlineData("", false)]
    [InlineData("1111.0.0.1", false)]
    public void IPv4Text_OnlyTheUsualForm_IsRead(string text, bool valid)
    {
        IPv4Text.TryParse(Encoding.UTF8.GetBytes(text), out var bits).ShouldBe(valid);
        if (valid) EndpointAddress.FromIPv4(bits).ToString().ShouldBe(text);
    }

    [Theory]
    [InlineData("""{"metadata":{"name":"a","namespace":"b"}}""")]
    [InlineData("""{"metadata":{"namespace":"b","resourceVersion":"1"}}""")]
    [InlineData("""{"metadata":[]}""")]
    [InlineData("""{"metadata":{"name":7}}""")]
    [InlineData("""{"metadata":{"name":"a","resourceVersion":"1"},"endpoints":{}}""")]
    [InlineData("""{"metadata":{"name":"a","resourceVersion":"1"},"endpoints":[{"addresses":[7]}]}""")]
    [InlineData("""{"metadata":{"name":"a","resourceVersion":"1"},"endpoints":[{"conditions":{"ready":"yes"}}]}""")]
    [InlineData("""{"metadata":{"name":"a","resourceVersion":"1"},"ports":[{"port":1e99}]}""")]
    [InlineData("""{"metadata":{"name":"\ud800","resourceVersion":"1"}}""")]
    public void WatchEvent_MalformedObject_IsAJsonExceptionAndNothingElse(string slice) =>
        Should.Throw<JsonException>(() => WatchEventDecoder.Decode(Encoding.UTF8.GetBytes($$"""{"type":"ADDED","object":{{slice}}}"""), new SliceDecoder(_pool)));

    [Fact]
    public void WatchEvent_ObjectBeforeType_IsReadAllTheSame()
    {
        var e = WatchEventDecoder.Decode(Encoding.UTF8.GetBytes($$"""{"object":{{DecodingSamples.Node}},"type":"MODIFIED"}"""), new NodeDecoder(_pool));

        e.Type.ShouldBe(WatchEventType.Modified);
        e.Item!.Name.ShouldBe("n1");
        e.ResourceVersion.ShouldBe("19");
    }

    [Fact]
    public void StringPool_MoreNamesThanItHolds_StaysRight()
    {
        for (var i = 0; i < 70_000; i++) _pool.Get(Encoding.UTF8.GetBytes($"n{i}")).ShouldBe($"n{i}");
    }

    private static T Decode<T>(IResourceDecoder<T> decoder, string json)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
        reader.Read();
        var result = decoder.Decode(ref reader);
        reader.TokenType.ShouldBe(JsonTokenType.EndObject);
        reader.Read().ShouldBeFalse();
        return result;
    }
}
