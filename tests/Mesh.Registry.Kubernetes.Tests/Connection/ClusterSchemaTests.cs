using System.Text.Json;

namespace Mesh.Connection;

/// <summary>The JSON schema of the configuration offers what this package reads, and nothing else.</summary>
public class ClusterSchemaTests
{
    private static readonly JsonElement Definitions =
        JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "mesh-appsettings.schema.json"))).RootElement.GetProperty("$defs");

    [Theory]
    [InlineData(typeof(KubernetesClusterOptions), "cluster")]
    [InlineData(typeof(KubernetesGatewayOptions), "gateway")]
    public void Schema_HasExactlyTheOptions(Type options, string definition) =>
        Definitions.GetProperty(definition).GetProperty("properties").EnumerateObject().Select(static p => p.Name)
            .ShouldBe(options.GetProperties().Select(static p => p.Name), ignoreOrder: true);
}
