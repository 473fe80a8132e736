using System.Text.Json;
using System.Text.RegularExpressions;

namespace Mesh.Configuration;

public class AppSettingsSchemaTests
{
    private static readonly JsonElement Schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "mesh-appsettings.schema.json"))).RootElement;

    public static TheoryData<Type, string> Sections => new()
    {
        { typeof(MeshOptions), "mesh" },
        { typeof(MeshLocalityOptions), "locality" },
        { typeof(MeshIdentityOptions), "identity" },
        { typeof(ServicePolicyOptions), "policy" },
        { typeof(RoutingTargetOptions), "target" },
    };

    [Theory]
    [MemberData(nameof(Sections))]
    public void Schema_OfEachSection_HasExactlyTheOptions(Type options, string definition)
    {
        var expected = options.GetProperties().Select(static p => p.Name);
        if (options == typeof(MeshOptions))
        {
            // Read by the package that watches clusters.
            expected = expected.Append("Clusters");
        }

        Schema.GetProperty("$defs").GetProperty(definition).GetProperty("properties").EnumerateObject().Select(static p => p.Name)
            .ShouldBe(expected, ignoreOrder: true);
    }

    [Fact]
    public void SettingKeys_AreThoseOfTheSchema() => Compare(SettingKeys.Mesh, Schema.GetProperty("$defs").GetProperty("mesh"), "Mesh");

    [Fact]
    public void Schema_ModesThatAreOffered_CanBeParsed()
    {
        var modes = Schema.GetProperty("$defs").GetProperty("policy").GetProperty("properties").GetProperty("Mode").GetProperty("enum").EnumerateArray();
        modes.Select(static m => Enum.Parse<RoutingMode>(m.GetString()!, ignoreCase: true)).ShouldBe([RoutingMode.Locality, RoutingMode.Failover, RoutingMode.Failover, RoutingMode.ActiveActive]);
    }

    private static void Compare(SettingKeys keys, JsonElement schema, string path)
    {
        schema = Resolve(schema);
        if (keys.Kind == SettingKind.Open)
        {
            return;
        }

        if (keys.Each is { } each)
        {
            Compare(each, schema.TryGetProperty("items", out var items) ? ObjectOf(items) : schema.GetProperty("additionalProperties"), path + ":*");
        }

        var names = schema.TryGetProperty("properties", out var properties) ? properties.EnumerateObject().Select(static p => p.Name).ToList() : [];
        names.ShouldBe(keys.Named.Keys, ignoreOrder: true, path);
        foreach (var (name, child) in keys.Named)
        {
            Compare(child, properties.GetProperty(name), $"{path}:{name}");
        }
    }

    [Theory]
    [InlineData("500ms", true)]
    [InlineData("1.5s", true)]
    [InlineData("2m", true)]
    [InlineData("1h", true)]
    [InlineData("00:00:05", true)]
    [InlineData("1.00:00:00", true)]
    [InlineData("5", false)]
    [InlineData("1d", false)]
    [InlineData("500 ms", false)]
    public void Schema_TimesThatAreOffered_AreThoseThatAreRead(string text, bool isTime)
    {
        Regex.IsMatch(text, Schema.GetProperty("$defs").GetProperty("time").GetProperty("pattern").GetString()!).ShouldBe(isTime);
        TimeText.TryParse(text, out _).ShouldBe(isTime);
    }

    // Beside the short form, where there is one.
    private static JsonElement ObjectOf(JsonElement items) => items.TryGetProperty("anyOf", out var forms) ? forms.EnumerateArray().Last() : items;

    private static JsonElement Resolve(JsonElement schema) =>
        schema.TryGetProperty("$ref", out var reference) ? Schema.GetProperty("$defs").GetProperty(reference.GetString()!.Split('/')[^1]) : schema;
}
