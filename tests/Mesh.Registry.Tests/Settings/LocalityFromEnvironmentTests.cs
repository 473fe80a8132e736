namespace Mesh.Settings;

public class LocalityFromEnvironmentTests
{
    private sealed class FakeEnvironment : IMeshEnvironment
    {
        public Dictionary<string, string> Variables { get; } = [];

        public string? ServiceAccountNamespace { get; init; }

        public string? GetVariable(string name) => Variables.GetValueOrDefault(name);

        public string? GetServiceAccountNamespace() => ServiceAccountNamespace;
    }

    [Fact]
    public void PostConfigure_WhatIsNotConfigured_ComesFromTheEnvironment()
    {
        var environment = new FakeEnvironment
        {
            Variables = { ["MESH_CLUSTER"] = "beta", ["MESH_REGION"] = "us", ["MESH_ZONE"] = "us-1", ["MESH_NODE"] = "n7" },
            ServiceAccountNamespace = "sales",
        };
        var options = new MeshOptions { Locality = { Cluster = "alpha" } };

        new LocalityFromEnvironment(environment).PostConfigure(null, options);

        options.Locality.Cluster.ShouldBe("alpha");
        options.Locality.Region.ShouldBe("us");
        options.Locality.Zone.ShouldBe("us-1");
        options.Locality.Node.ShouldBe("n7");
        options.Locality.Namespace.ShouldBe("sales");
    }
}
