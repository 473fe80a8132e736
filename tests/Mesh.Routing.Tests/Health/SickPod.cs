using Mesh.Doubles;

namespace Mesh.Health;

/// <summary>A service of three pods, and what befalls one of them.</summary>
internal static class SickPod
{
    public const string Sick = "10.0.0.1";

    public static TestMesh World()
    {
        var mesh = new TestMesh().Cluster("alpha").Service(TestMesh.Part("alpha", [.. Enumerable.Range(1, 3).Select(static i => new Pod($"10.0.0.{i}"))]));
        mesh.Policy(ServicePolicy.Empty with { LoadBalancing = "round-robin" });
        return mesh;
    }

    public static TestMesh HalfOpen()
    {
        var mesh = World();
        mesh.Count(3);
        mesh.Eject(Sick);
        mesh.Time.Advance(TimeSpan.FromSeconds(5));
        mesh.Explained(Sick).Health.ShouldStartWith("half-open");
        return mesh;
    }

    public static void EjectAndRestore(TestMesh mesh)
    {
        mesh.Count(3);
        mesh.Eject(Sick);
        mesh.Time.Advance(TimeSpan.FromSeconds(5));
        TestMesh.Finish(mesh.Pick());
        mesh.At(Sick).IsEjected.ShouldBeFalse();
    }

    public static void Report(TestMesh mesh, AttemptResult result, int times)
    {
        _ = mesh.Route.Table;
        for (var i = 0; i < times; i++)
        {
            mesh.At(Sick).Report(new AttemptOutcome(result, TimeSpan.FromMilliseconds(10)));
        }
    }
}
