using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Mesh.Files;

public partial class CatalogFileParserTests
{
    private static readonly ClusterId Dc = new("dc");
    private static readonly ClusterId Default = new(CatalogFileParser.DefaultCluster);

    private static (CatalogFile? Content, IReadOnlyList<string> Errors) Parse(string json) => CatalogFileParser.Parse("mesh.json", Encoding.UTF8.GetBytes(json), default);

    private static CatalogFile Read(string json)
    {
        var (content, errors) = Parse(json);
        errors.ShouldBeEmpty();
        return content.ShouldNotBeNull();
    }

    [Fact]
    public void Parse_EveryField_ArrivesInTheContribution()
    {
        var content = Read("""
            { // a comment
              "clusters": {
                "dc": { "region": "eu", "zone": "eu-1", "group": "old", "network": "vpc", "gateway": { "hosts": [ "gw.example.com", "192.0.2.1" ], "port": 443 }, "drain": 30, "podCidrs": [ "10.0.0.0/8", "fd00::/16" ] },
                "lab": {} },
              "services": { "orders.sales": {
                "ports": [ { "name": "http", "port": 80, "targetPort": 8080, "appProtocol": "http" }, { "name": "dns", "port": 53, "protocol": "UDP" } ],
                "endpoints": [
                  { "address": "10.0.0.1", "cluster": "dc", "ports": { "dns": 5353 }, "node": "n1", "weight": 3, "labels": { "v": "2" },
                    "zoneHints": [ "eu-1" ], "nodeHints": [ "n1" ] },
                  { "address": "[2001:db8::1]:7000", "cluster": "dc", "zone": "eu-2", "region": "us", "ready": false, "serving": true, "terminating": true },
                  { "address": "legacy.example.com", "cluster": "lab" },
                ],
                "policy": { "mode": "FailOver", "targets": [ "dc", { "cluster": "lab", "weight": 7 } ], "connectTimeout": "500ms", "timeout": "00:00:05" } } } }
            """);

        var cluster = content.Clusters.Single(c => c.Cluster == Dc);
        cluster.Network.ShouldBe("vpc");
        cluster.IsDirect.ShouldBeFalse();
        cluster.Group.ShouldBe("old");
        cluster.Gateway.ShouldNotBeNull().Hosts.Select(h => h.ToString()).ShouldBe(["gw.example.com", "192.0.2.1"]);
        cluster.Gateway.Port.ShouldBe(443);
        cluster.Drain.ShouldBe(30);
        cluster.PodCidrs.ShouldNotBeNull().ToString().ShouldBe("10.0.0.0/8, fd00::/16");
        content.Clusters.Single(c => c.Cluster != Dc).IsDirect.ShouldBeTrue();
        var dc = content.ServicesOf(Dc).ShouldHaveSingleItem();
        dc.Ports.ShouldBe([new ServicePort("http", 80, TransportProtocol.Tcp, "http"), new ServicePort("dns", 53, TransportProtocol.Udp)]);
        dc.Policy.ShouldBe(new ServicePolicy
        {
            Mode = RoutingMode.Failover,
            Targets = [new RoutingTarget(Dc), new RoutingTarget(new("lab"), 7)],
            ConnectTimeout = TimeSpan.FromMilliseconds(500),
            Timeout = TimeSpan.FromSeconds(5),
        });
        dc.Segments.Length.ShouldBe(2);
        var first = dc.Segments[0][0];
        first.Ports.Select(p => (p.Name, p.Port)).ShouldBe([("http", 8080), ("dns", 5353)]);
        first.Locality.ShouldBe(new Locality(Dc, "eu", "eu-1", "n1"));
        first.Weight.ShouldBe(3);
        first.Labels["v"].ShouldBe("2");
        first.ZoneHints.ShouldBe(["eu-1"]);
        first.NodeHints.ShouldBe(["n1"]);
        var second = dc.Segments[1][0];
        second.Address.ToString().ShouldBe("2001:db8::1");
        second.Ports.Select(p => p.Port).ShouldBe([7000, 7000]);
        second.Locality.ShouldBe(new Locality(Dc, "us", "eu-2"));
        second.Conditions.ShouldBe(EndpointConditions.Serving | EndpointConditions.Terminating);
        content.ServicesOf(new("lab")).ShouldHaveSingleItem().Segments[0][0].Address.ToString().ShouldBe("legacy.example.com");
    }

    [Fact]
    public void Parse_ShortForm_IsAServiceOnPort80()
    {
        var service = Read("""{ "services": { "orders.sales": [ "10.0.0.1:8080", "10.0.0.2" ] } }""").ServicesOf(Default).ShouldHaveSingleItem();

        service.Ports.ShouldBe([new ServicePort("", 80)]);
        service.Segments.Select(s => (s[0].Address.ToString(), s.Ports[0].Port)).ShouldBe([("10.0.0.1", 8080), ("10.0.0.2", 80)]);
    }

    [Fact]
    public void Parse_OneClusterInTheFile_IsThatOfEveryEndpoint() =>
        Read("""{ "clusters": { "dc": {} }, "services": { "orders.sales": [ "10.0.0.1" ] } }""").ServicesOf(Dc).Count.ShouldBe(1);

    [Fact]
    public void Parse_ServiceWithoutEndpoints_IsKnownAllTheSame() =>
        Read("""{ "services": { "orders.sales": {} } }""").ServicesOf(Default).ShouldHaveSingleItem().Service.ShouldBe(new ServiceName("sales", "orders"));

    [Theory]
    [InlineData("{ \"services\": {\n \"orders.sales\": {\n \"endpoints\": [ {\n \"adress\": \"10.0.0.1\" } ] } } }", "mesh.json(4,2): services['orders.sales'].endpoints[0].adress: unknown field; 'address' is probably meant")]
    [InlineData("{ \"colour\": 1 }", "mesh.json(1,3): colour: unknown field; known here: $schema, clusters, services")]
    [InlineData("{\n\"services\": {\n\"orders\": {} } }", "mesh.json(3,1): services['orders']: is not a service")]
    [InlineData("{ \"clusters\": { \"dcs\": {} }, \"services\": { \"orders.sales\": {\n\"endpoints\": [\n{ \"address\": \"10.0.0.1\",\n\"cluster\": \"dc\" } ] } } }", "mesh.json(4,12): services['orders.sales'].endpoints[0].cluster: 'dc' is not among 'clusters'; 'dcs' is probably meant")]
    [InlineData("{ \"clusters\": { \"a\": {}, \"b\": {} }, \"services\": { \"o.s\": [ \"10.0.0.1\" ] } }", "services['o.s'][0]: says no 'cluster', and the file has several (a, b)")]
    [InlineData("{ \"services\": { \"orders.sales\": [ \"10.1\" ] } }", "services['orders.sales'][0]: '10.1' is neither an IP address nor a DNS name")]
    [InlineData("{ \"services\": { \"orders.sales\": { \"ports\": [ { \"port\": 0 } ] } } }", "services['orders.sales'].ports[0].port: must be a whole number from 1 to 65535, not 0")]
    [InlineData("{ \"services\": { \"orders.sales\": { \"ports\": [ { \"name\": \"a\" } ] } } }", "services['orders.sales'].ports[0]: has no 'port'")]
    [InlineData("{ \"services\": { \"orders.sales\": { \"ports\": [ 80, 80 ] } } }", "services['orders.sales'].ports[1]: has the name or the number of another port")]
    [InlineData("{ \"services\": { \"orders.sales\": { \"endpoints\": [ { } ] } } }", "endpoints[0]: has no 'address'")]
    [InlineData("{ \"services\": { \"orders.sales\": { \"endpoints\": [ { \"address\": \"10.0.0.1:80\", \"port\": 80 } ] } } }", "endpoints[0]: has a port in its address and one in 'port'")]
    [InlineData("{ \"services\": { \"orders.sales\": { \"endpoints\": [ { \"address\": \"10.0.0.1\", \"ports\": { \"web\": 80 } } ] } } }", "endpoints[0]: has a port 'web', which the service does not have")]
    [InlineData("{ \"services\": { \"orders.sales\": { \"endpoints\": [ { \"address\": \"10.0.0.1\", \"port\": 70000 } ] } } }", "endpoints[0].port: must be a whole number from 1 to 65535, not 70000")]
    [InlineData("{ \"services\": { \"orders.sales\": { \"policy\": { \"mode\": \"ActiveActive\", \"targets\": [ { \"cluster\": \"a\", \"weight\": 0 } ] } } } }", "policy.targets: have weight 0 all of them")]
    [InlineData("{ \"services\": { \"orders.sales\": { \"policy\": { \"spillOver\": \"Health,None\" } } } }", "policy.spillOver: must be Capacity or Health or None, not 'Health,None'")]
    [InlineData("{ \"services\": { \"orders.sales\": { \"policy\": { \"hashKey\": \"header:\" } } } }", "policy.hashKey: must be header:NAME, cookie:NAME, source-address or path, not 'header:'")]
    [InlineData("{ \"services\": { \"orders.sales\": { \"policy\": { \"hashBalanceFactor\": 99 } } } }", "policy.hashBalanceFactor: is 99: use 100 to 10000.")]
    [InlineData("{ \"services\": { \"orders.sales\": { \"policy\": { \"probePath\": \"healthz\" } } } }", "policy.probePath: is 'healthz': use an absolute path")]
    [InlineData("{ \"services\": { \"orders.sales\": { \"policy\": { \"probeTimeout\": \"5s\", \"probeInterval\": \"3s\" } } } }", "policy.probeTimeout: is 5s: use a time from 1ms to 3s.")]
    [InlineData("{ \"services\": { \"orders.sales\": { \"policy\": { \"targets\": [ { \"cluster\": \"a\", \"priority\": 1001 } ] } } } }", "targets[0].priority: must be a whole number from 0 to 1000, not 1001")]
    [InlineData("{ \"services\": { \"orders.sales\": { \"policy\": { \"mode\": 1 } } } }", "policy.mode: must be Locality or Failover or ActiveActive, not 1")]
    [InlineData("{ \"services\": { \"orders.sales\": { \"policy\": {\n\"maxRetries\": 11 } } } }", "mesh.json(2,1): services['orders.sales'].policy.maxRetries: is 11: use 0 to 10.")]
    [InlineData("{ \"services\": { \"orders.sales\": { \"policy\": { \"timeout\": \"5\" } } } }", "policy.timeout: must be a time such as 250ms, 1.5s, 2m or 1h, not '5'")]
    [InlineData("{ \"services\": { \"orders.sales\": { \"policy\": { \"targets\": [ \"a\", \"a\" ] } } } }", "policy.targets: names 'a' a second time")]
    [InlineData("{ \"services\": { \"orders.sales\": { \"endpoints\": [ { \"address\": \"10.0.0.1\", \"weight\": -1 } ] } } }", "endpoints[0].weight: must be a whole number from 0 to 1000000, not -1")]
    [InlineData("{ \"clusters\": { \"Dc\": {} } }", "clusters['Dc']: is not a cluster's name")]
    [InlineData("{ \"clusters\": { \"dc\": { \"podCidrs\": [ \"10.0.0.1/8\" ] } } }", "clusters['dc'].podCidrs: '10.0.0.1/8' is no range of addresses")]
    [InlineData(
        "{ \"clusters\": { \"a\": { \"network\": \"vpc\", \"podCidrs\": [ \"10.20.0.0/16\" ] }, \"b\": { \"network\": \"vpc\", \"podCidrs\": [ \"10.0.0.0/8\" ] } } }",
        "10.0.0.0/8 of cluster 'b' overlaps 10.20.0.0/16 of cluster 'a', and both are in network 'vpc'")]
    [InlineData("{ \"clusters\": { \"dc\": { \"drain\": 101 } } }", "clusters['dc'].drain: must be a whole number from 0 to 100")]
    [InlineData("{ \"clusters\": { \"dc\": { \"gateway\": {} } } }", "clusters['dc'].gateway: has no 'hosts'")]
    [InlineData("{ \"clusters\": { \"dc\": { \"region\": 7 } } }", "clusters['dc'].region: must be a text, not 7")]
    [InlineData("{ \"clusters\": { \"dc\": {}, \"dc\": {} } }", "clusters['dc']: is there a second time")]
    [InlineData("{ \"services\": {}, \"services\": {} }", "services: is there a second time")]
    [InlineData("{\n \"services\": [ ] }", "mesh.json(2,14): services: must be an object, not an array")]
    [InlineData("{\n \"services\": {", "mesh.json(2,15): services: this is not JSON:")]
    [InlineData("{ \"services\": {} } x", "mesh.json(1,20): this is not JSON:")]
    [InlineData("", "mesh.json(1,1): this is not JSON:")]
    [InlineData("null", "mesh.json(1,1): must be an object, not null")]
    public void Parse_BadInput_NamesFileLineColumnAndField(string json, string expected)
    {
        var (content, errors) = Parse(json);

        content.ShouldBeNull();
        errors.ShouldHaveSingleItem().ShouldContain(expected);
    }

    [Fact]
    public void Parse_SeveralErrors_AllAtOnce() =>
        Parse("""{ "colour": 1, "services": { "a.b": { "endpoints": [ { "address": "!" }, { "address": "10.0.0.1", "weight": -1 } ] } } }""").Errors.Count.ShouldBe(3);

    [Fact]
    public void Parse_NonAsciiBeforeTheFault_ColumnCountsCharacters() =>
        Parse("""{ "clusters": { "dc": { "region": "é", "zonne": "" } } }""").Errors.ShouldHaveSingleItem().ShouldStartWith("mesh.json(1,40): ");

    [Fact]
    public void Parse_ByteOrderMark_IsPassedOver() =>
        CatalogFileParser.Parse("f", (byte[])[0xEF, 0xBB, 0xBF, .. "{}"u8], default).Errors.ShouldBeEmpty();

    [Theory]
    [InlineData("250ms", 250)]
    [InlineData("1.5s", 1500)]
    [InlineData("2m", 120_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("00:00:00.500", 500)]
    public void Duration_AsPeopleWriteIt_IsRead(string text, int milliseconds)
    {
        TimeText.TryParse(text, out var time).ShouldBeTrue();
        time.ShouldBe(TimeSpan.FromMilliseconds(milliseconds));
    }

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(0.25, "0.25ms")]
    [InlineData(500, "500ms")]
    [InlineData(1500, "1.5s")]
    [InlineData(90_000, "90s")]
    [InlineData(120_000, "2m")]
    [InlineData(86_400_000, "24h")]
    public void Duration_Written_IsReadAgain(double milliseconds, string text)
    {
        var time = TimeSpan.FromMilliseconds(milliseconds);

        TimeText.Write(time).ShouldBe(text);
        TimeText.TryParse(text, out var again).ShouldBeTrue();
        again.ShouldBe(time);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("-1s")]
    [InlineData("s")]
    [InlineData("-00:00:01")]
    [InlineData("1d")]
    [InlineData("99999999999999h")]
    public void Duration_Other_IsRefused(string text) => TimeText.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Documentation_EveryExample_IsAGoodFile()
    {
        var examples = Example().Matches(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "catalog-file.md"))).Select(m => m.Groups[1].Value).ToList();

        examples.ShouldNotBeEmpty();
        foreach (var example in examples)
        {
            Parse(example).Errors.ShouldBeEmpty(example);
        }
    }

    [Fact]
    public void Schema_AndParser_KnowTheSameFields()
    {
        var schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "mesh-catalog.schema.json"))).RootElement;
        var definitions = schema.GetProperty("$defs");
        Fields(schema).ShouldBe(Sorted(CatalogFileShapes.Root.Fields));
        Same(CatalogFileShapes.Cluster);
        Same(CatalogFileShapes.Gateway);
        Same(CatalogFileShapes.Service);
        Same(CatalogFileShapes.Port);
        Same(CatalogFileShapes.Endpoint);
        Same(PolicyShape.Policy);
        Same(PolicyShape.Target);

        void Same<T>(ObjectShape<T> shape)
        {
            var definition = definitions.GetProperty(shape.Name);
            Fields(definition).ShouldBe(Sorted(shape.Fields), shape.Name);
            definition.GetProperty("additionalProperties").GetBoolean().ShouldBeFalse(shape.Name);
        }

        static List<string> Fields(JsonElement definition) => Sorted(definition.GetProperty("properties").EnumerateObject().Select(p => p.Name));
        static List<string> Sorted(IEnumerable<string> names) => [.. names.Order(StringComparer.Ordinal)];
    }

    // What a Service says and no pick follows is not to be asked for: it would be a setting without effect.
    [Fact]
    public void Policy_EveryPropertyButTheClientsAndTheServicesOwn_CanBeWrittenInAFile() =>
        PolicyShape.Policy.Fields.Order(StringComparer.Ordinal).ShouldBe(
            typeof(ServicePolicy).GetProperties()
                .Where(p => p.Name is not (nameof(ServicePolicy.Empty) or nameof(ServicePolicy.Enabled) or nameof(ServicePolicy.TrafficDistribution)))
                .Select(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name))
                .Order(StringComparer.Ordinal));

    [GeneratedRegex("```jsonc?\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();

    [Theory]
    [InlineData("value", "\\ud800", "mesh.json(2,27): services['orders.sales'].policy.mode: is no text")]
    [InlineData("value", "\u00ff\u00fe", "mesh.json(2,27): services['orders.sales'].policy.mode: is no text")]
    [InlineData("name", "\\udc00", "mesh.json(2,14): services['orders.sales'].policy: is no text")]
    [InlineData("name", "\u00ff\u00fe", "mesh.json(2,14): services['orders.sales'].policy: is no text")]
    public void Parse_TextThatIsNone_IsAFaultWithItsPlace(string where, string text, string expected)
    {
        var (name, value) = where == "name" ? (text, "Locality") : ("mode", text);
        var json = "{ \"services\": { \"orders.sales\": {\n \"policy\": { \"" + name + "\":      \"" + value + "\" } } } }";

        // Latin-1, so that the bytes are the characters.
        var (content, errors) = CatalogFileParser.Parse("mesh.json", Encoding.Latin1.GetBytes(json), default);

        content.ShouldBeNull();
        errors.ShouldHaveSingleItem().ShouldStartWith(expected);
    }
}
