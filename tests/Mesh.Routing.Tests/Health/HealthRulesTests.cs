using Mesh.Doubles;
using Mesh.Policies;
using Mesh.Tables;
using static Mesh.Health.SickPod;

namespace Mesh.Health;

/// <summary>Clients whose policies differ, over endpoints whose health is one.</summary>
public sealed class HealthRulesTests
{
    private static readonly ServicePolicy Strict = new() { ConsecutiveFailures = 2 };
    private static readonly ServicePolicy Patient = new() { ConsecutiveFailures = 8 };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Layouts_InWhateverOrder_TheStrictestClientInUseDecides(bool strictFirst)
    {
        using var mesh = World();
        ServicePolicy[] order = strictFirst ? [Strict, Patient] : [Patient, Strict];
        foreach (var policy in order)
        {
            mesh.Pick(mesh.RouteOf("http://orders.sales", policy)).Release();
        }

        Report(mesh, AttemptResult.Failed, 2);

        mesh.At(Sick).IsEjected.ShouldBeTrue();
    }

    [Fact]
    public void Layouts_OfAServiceThatChanges_DecideAlikeEachTime()
    {
        using var mesh = World();
        ServiceRoute[] routes = [mesh.RouteOf("http://orders.sales", Strict), mesh.RouteOf("http://orders.sales", Patient)];
        for (var i = 0; i < 6; i++)
        {
            mesh.Service(TestMesh.Part("alpha", [.. Enumerable.Range(1, 3 + i).Select(static p => new Pod($"10.0.0.{p}"))]));
            mesh.Catalog.Notify(TestMesh.Orders);
            mesh.Pick(routes[i % 2]).Release();
            mesh.Pick(routes[1 - (i % 2)]).Release();

            Settings(mesh).ConsecutiveFailures.ShouldBe(2, $"change {i}");
        }
    }

    [Fact]
    public void Change_AfterWhichTheStrictClientWasNotInUse_EndsItsSay()
    {
        using var mesh = World();
        var (strict, patient) = (mesh.RouteOf("http://orders.sales", Strict), mesh.RouteOf("http://orders.sales", Patient));
        mesh.Pick(strict).Release();
        mesh.Pick(patient).Release();

        Change();
        Settings(mesh).ConsecutiveFailures.ShouldBe(2);
        mesh.Pick(patient).Release();
        Change();
        Settings(mesh).ConsecutiveFailures.ShouldBe(8);

        mesh.Pick(strict).Release();
        Settings(mesh).ConsecutiveFailures.ShouldBe(2);

        void Change()
        {
            mesh.Service(TestMesh.Part("alpha", [.. Enumerable.Range(1, 3).Select(static p => new Pod($"10.0.0.{p}"))]));
            mesh.Catalog.Notify(TestMesh.Orders);
        }
    }

    [Fact]
    public void Use_EachField_TheStrictest()
    {
        using var mesh = World();
        var health = mesh.Route.State.Health;
        var rules = new HealthRules(health);
        Use(rules, "a", new ServicePolicy { ConsecutiveFailures = 3, EjectionTime = TimeSpan.FromSeconds(9), MaxEjectionTime = TimeSpan.FromSeconds(20) });
        Use(rules, "b", new ServicePolicy { ConsecutiveFailures = 7, EjectionTime = TimeSpan.FromSeconds(2), MaxEjectionTime = TimeSpan.FromSeconds(60) });

        health.Settings.ShouldBe(new HealthSettings(3, TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(60)));

        rules.Forget(Key("a"));
        health.Settings.ShouldBe(new HealthSettings(7, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(60)));

        rules.Forget(Key("b"));
        health.Settings.ConsecutiveFailures.ShouldBe(7);
    }

    [Fact]
    public void Use_ProbesDiffer_TheShortestTimesAndForEndpointsOnlyOfThoseThatHaveAPath()
    {
        using var mesh = World();
        var rules = new HealthRules(mesh.Route.State.Health);
        Use(rules, "a", new ServicePolicy { ProbeInterval = TimeSpan.FromSeconds(2), ProbeTimeout = TimeSpan.FromMilliseconds(500) });
        rules.Probes!.Endpoints.ShouldBeNull();

        Use(rules, "b", new ServicePolicy { ProbePath = "/b", ProbeInterval = TimeSpan.FromSeconds(10), ProbeTimeout = TimeSpan.FromSeconds(4) });
        Use(rules, "c", new ServicePolicy { ProbePath = "/c", ProbeInterval = TimeSpan.FromSeconds(20), ProbeTimeout = TimeSpan.FromSeconds(3) });
        Use(rules, "d", new ServicePolicy { ProbePath = "/a", ProbeInterval = TimeSpan.FromSeconds(20), ProbeTimeout = TimeSpan.FromSeconds(3) });
        rules.Probes!.Endpoints.ShouldBe(new("/b", TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(3)));
        rules.Probes.Gateways.ShouldBe(new(null, TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(500)));

        rules.Forget(Key("b"));
        rules.Probes!.Endpoints.ShouldBe(new("/a", TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(3)));
    }

    [Fact]
    public void Use_AClientMakesAPolicyPerRequest_OnlySoManyAreKept()
    {
        using var mesh = World();
        var health = mesh.Route.State.Health;
        var rules = new HealthRules(health);
        Use(rules, "strict", Strict);
        for (var i = 0; i < HealthRules.Most; i++)
        {
            Use(rules, $"p{i}", Patient);
        }

        health.Settings.ConsecutiveFailures.ShouldBe(8);
        Use(rules, "strict", Strict);
        health.Settings.ConsecutiveFailures.ShouldBe(2);
    }

    private static HealthSettings Settings(TestMesh mesh) => mesh.Route.State.Health.Settings;

    private static RouteKey Key(string name) => new(default, default, new ServicePolicy { SessionAffinityName = name });

    private static void Use(HealthRules rules, string name, ServicePolicy policy) => rules.Use(Key(name), PolicyResolver.Resolve((PolicyOrigin.Client, policy)));
}
