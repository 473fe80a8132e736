using System.Text;
using System.Text.Json;

namespace Mesh.Files;

public class CatalogFileReaderTests
{
    private static readonly ClusterId Dc = new("dc");
    private static readonly ClusterId File = new("file");

    private static CatalogFileContent Read(string json) => CatalogFileReader.Read("mesh.json", Encoding.UTF8.GetBytes(json), default);

    private static string Error(string json) => Should.Throw<CatalogFileException>(() => Read(json)).Message;

    [Fact]
    public void Read_EveryField_ArrivesInTheContribution()
    {
        var content = Read("""
            { // a comment
              "clusters": { "dc": { "region": "eu", "zone": "eu-1", "network": "vpc" } },
              "services": { "orders.sales": {
                "ports": [ { "name": "http", "port": 80, "appProtocol": "http" }, { "name": "grpc", "port": 9000 } ],
                "endpoints": [
                  { "address": "10.0.0.1", "cluster": "dc", "ports": { "http": 8080, "grpc": 9090 }, "node": "n1", "weight": 3, "labels": { "v": "2" } },
                  { "address": "2001:db8::1", "cluster": "dc", "port": 7000, "zone": "eu-2", "region": "us", "ready": false, "serving": true, "terminating": true },
                  { "address": "legacy.example.com" },
                ],
                "policy": { "mode": "FailOver", "targets": [ { "cluster": "dc" } ], "connectTimeout": "00:00:00.500" } } } }
            """);

        content.Clusters[Dc].Network.ShouldBe("vpc");
        content.Clusters[Dc].IsDirect.ShouldBeFalse();
        content.Clusters[File].IsDirect.ShouldBeTrue();
        var dc = content.Services[Dc].ShouldHaveSingleItem();
        dc.Policy!.Mode.ShouldBe(RoutingMode.Failover);
        dc.Policy.ConnectTimeout.ShouldBe(TimeSpan.FromMilliseconds(500));
        dc.Segments.Length.ShouldBe(2);
        var first = dc.Segments[0][0];
        first.Ports.Select(p => (p.Name, p.Port)).ShouldBe([("http", 8080), ("grpc", 9090)]);
        first.Locality.ShouldBe(new Locality(Dc, "eu", "eu-1", "n1"));
        first.Weight.ShouldBe(3);
        first.Labels["v"].ShouldBe("2");
        var second = dc.Segments[1][0];
        second.Locality.ShouldBe(new Locality(Dc, "us", "eu-2"));
        second.Conditions.ShouldBe(EndpointConditions.Serving | EndpointConditions.Terminating);
        var third = content.Services[File].ShouldHaveSingleItem().Segments[0][0];
        third.Address.ToString().ShouldBe("legacy.example.com");
        third.Ports.Select(p => p.Port).ShouldBe([80, 9000]);
    }

    [Fact]
    public void Read_ServiceWithoutEndpoints_IsKnownAllTheSame() =>
        Read("""{ "services": { "orders.sales": {} } }""").Services[File].ShouldHaveSingleItem().Service.ShouldBe(new ServiceName("sales", "orders"));

    [Theory]
    [InlineData("{ \"services\": {\n \"orders.sales\": {\n \"endpoints\": [ {\n \"adress\": \"10.0.0.1\" } ] } } }", "mesh.json, line 4, services.orders.sales.endpoints[0].adress: unknown field; did you mean 'address'?")]
    [InlineData("{\n\"services\": {\n\"orders\": {} } }", "mesh.json, line 3, services.orders: is not a service")]
    [InlineData("{ \"services\": { \"orders.sales\": {\n\"endpoints\": [\n{ \"address\": \"10.0.0.1\",\n\"cluster\": \"dc\" } ] } } }", "mesh.json, line 4, services.orders.sales.endpoints[0].cluster: 'dc' does not stand under 'clusters'")]
    [InlineData("{ \"services\": { \"orders.sales\": { \"endpoints\": [ { \"address\": \"10.1\" } ] } } }", "services.orders.sales.endpoints[0].address: '10.1' is neither an IP address nor a DNS name")]
    [InlineData("{ \"services\": { \"orders.sales\": { \"ports\": [ { \"port\": 0 } ] } } }", "services.orders.sales.ports[0].port: is 0; use 1 to 65535")]
    [InlineData("{ \"services\": { \"orders.sales\": { \"endpoints\": [ { \"address\": \"10.0.0.1\", \"port\": 70000 } ] } } }", "endpoints[0].port: is 70000; use 1 to 65535")]
    [InlineData("{ \"services\": { \"orders.sales\": { \"policy\": { \"mode\": \"ActiveActive\" } } } }", "policy:Mode is ActiveActive, which is not available in this version")]
    [InlineData("{ \"services\": { \"orders.sales\": { \"endpoints\": [ { \"address\": \"10.0.0.1\", \"weight\": -1 } ] } } }", "endpoints[0].weight: is -1; use 0 to 1000000")]
    [InlineData("{ \"clusters\": { \"Dc\": {} } }", "clusters.Dc: is not a cluster's name")]
    [InlineData("{\n \"services\": [ ] }", "mesh.json, line 2, $.services")]
    [InlineData("{\n \"services\": {", "mesh.json, line 2")]
    [InlineData("null", "mesh.json, line 1, the whole file: is null")]
    public void Read_BadInput_NamesFileLineAndField(string json, string expected) => Error(json).ShouldContain(expected);

    [Fact]
    public void Read_SeveralErrors_AllAtOnce() =>
        Error("""{ "colour": 1, "services": { "a.b": { "endpoints": [ { "address": "!" }, { "address": "10.0.0.1", "weight": -1 } ] } } }""")
            .Split('\n').Length.ShouldBe(3);

    [Fact]
    public void Schema_AndParser_KnowTheSameFields()
    {
        var schema = JsonDocument.Parse(System.IO.File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "mesh-catalog.schema.json"))).RootElement;
        var definitions = schema.GetProperty("$defs");
        Fields(schema).ShouldBe(Known(CatalogFileJson.Default.CatalogFile));
        Fields(definitions.GetProperty("cluster")).ShouldBe(Known(CatalogFileJson.Default.FileCluster));
        Fields(definitions.GetProperty("service")).ShouldBe(Known(CatalogFileJson.Default.FileService));
        Fields(definitions.GetProperty("port")).ShouldBe(Known(CatalogFileJson.Default.FilePort));
        Fields(definitions.GetProperty("endpoint")).ShouldBe(Known(CatalogFileJson.Default.FileEndpoint));
        Fields(definitions.GetProperty("policy")).ShouldBe(Known(CatalogFileJson.Default.ServicePolicyOptions));

        static List<string> Fields(JsonElement definition) => [.. definition.GetProperty("properties").EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal)];
        static List<string> Known(System.Text.Json.Serialization.Metadata.JsonTypeInfo type) =>
            [.. type.Properties.Where(p => !p.IsExtensionData).Select(p => p.Name).Order(StringComparer.Ordinal)];
    }
}
