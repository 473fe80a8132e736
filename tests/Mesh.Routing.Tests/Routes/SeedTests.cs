using Mesh.Doubles;

namespace Mesh.Routes;

/// <summary>Where the random choices of a router come from.</summary>
public sealed class SeedTests
{
    [Fact]
    public void Seed_IsNotSaid_EveryRouterChoosesOtherwise()
    {
        // Alike by chance: 64 times one of 50, and the same 50 of 200.
        Picks(null).ShouldNotBe(Picks(null));
        Used(null).SetEquals(Used(null)).ShouldBeFalse();
    }

    [Fact]
    public void Seed_IsSaid_TheSameChoices()
    {
        Picks(5).ShouldBe(Picks(5));
        Picks(5).ShouldNotBe(Picks(6));
        Used(5).SetEquals(Used(5)).ShouldBeTrue();
        Used(0).SetEquals(Used(0)).ShouldBeTrue();
    }

    private static string[] Picks(int? seed)
    {
        using var mesh = World(seed);
        return [.. Enumerable.Range(0, 64).Select(_ => mesh.Send().Address.ToString())];
    }

    private static HashSet<string> Used(int? seed)
    {
        using var mesh = World(seed);
        return [.. mesh.Count(5000).Keys];
    }

    private static TestMesh World(int? seed)
    {
        var mesh = new TestMesh().Cluster("alpha").Service(TestMesh.Part("alpha", [.. Enumerable.Range(1, 200).Select(static i => new Pod($"10.0.0.{i}"))]));
        mesh.Policy(new ServicePolicy { LoadBalancing = "random", SubsetSize = 50 });
        mesh.Options = new MeshRouterOptions { Caller = mesh.Options.Caller, KnownNamespaces = mesh.Options.KnownNamespaces, IsConfigured = true, ServicePolicies = mesh.Options.ServicePolicies };
        if (seed is { } said)
        {
            mesh.Options = mesh.Options with { Seed = said };
        }

        return mesh;
    }
}
