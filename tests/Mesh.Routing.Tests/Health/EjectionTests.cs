using Mesh.Doubles;
using static Mesh.Health.SickPod;

namespace Mesh.Health;

public sealed class EjectionTests
{
    [Theory]
    [InlineData(AttemptResult.Failed)]
    [InlineData(AttemptResult.ConnectFailed)]
    public void Report_FiveFailuresInARow_Ejects(AttemptResult result)
    {
        using var mesh = World();

        Report(mesh, result, 4);
        mesh.At(Sick).IsEjected.ShouldBeFalse();
        Report(mesh, result, 1);

        mesh.At(Sick).IsEjected.ShouldBeTrue();
        mesh.Explained(Sick).Reason.ShouldNotBeNull().ShouldStartWith("5 failures in a row");
        mesh.Count(300).ShouldNotContainKey(Sick);
        mesh.Logger.Lines.Count(static l => l.Id == 1200).ShouldBe(1);
    }

    [Theory]
    [InlineData(AttemptResult.Success, false)]
    [InlineData(AttemptResult.Cancelled, true)]
    [InlineData(AttemptResult.Overloaded, true)]
    public void Report_BetweenFailures_OnlyASuccessBreaksTheRow(AttemptResult between, bool isEjected)
    {
        using var mesh = World();

        Report(mesh, AttemptResult.Failed, 4);
        Report(mesh, between, 1);
        Report(mesh, AttemptResult.Failed, 1);

        mesh.At(Sick).IsEjected.ShouldBe(isEjected);
    }

    [Theory]
    [InlineData(AttemptResult.Cancelled)]
    [InlineData(AttemptResult.Overloaded)]
    public void Report_NotAFailureOfTheEndpoint_NeverEjects(AttemptResult result)
    {
        using var mesh = World();

        Report(mesh, result, 100);

        mesh.At(Sick).IsEjected.ShouldBeFalse();
        mesh.Explained(Sick).Failures.ShouldBe(0);
    }

    [Fact]
    public void Report_PolicySaysHowMany_ThatManyEject()
    {
        using var mesh = World();
        mesh.Policy(new ServicePolicy { ConsecutiveFailures = 2 });
        _ = mesh.Route.Table;

        Report(mesh, AttemptResult.Failed, 2);

        mesh.At(Sick).IsEjected.ShouldBeTrue();
    }

    [Theory]
    [InlineData(14, 5, false)] // 19 requests are too few to tell
    [InlineData(15, 5, true)] // 75 % of 20
    [InlineData(16, 4, false)] // 80 % of 20
    [InlineData(39, 10, true)] // 79.6 % of 49
    public void Report_SuccessRateBelowFourFifths_EjectsFromTwentyRequestsOn(int successes, int failures, bool isEjected)
    {
        using var mesh = World();

        // Failures last and never five in a row: the rate is at its lowest at the end.
        Report(mesh, AttemptResult.Success, successes - failures);
        for (var i = 0; i < failures; i++)
        {
            Report(mesh, AttemptResult.Success, 1);
            Report(mesh, AttemptResult.Failed, 1);
        }

        mesh.At(Sick).IsEjected.ShouldBe(isEjected);
        if (isEjected)
        {
            mesh.Explained(Sick).Reason.ShouldNotBeNull().ShouldStartWith($"{successes} of {successes + failures} requests in 30 s succeeded");
        }
    }

    [Fact]
    public void Report_FailuresOlderThanTheWindow_DoNotCount()
    {
        using var mesh = World();
        Alternate(mesh, 9);
        mesh.Time.Advance(TimeSpan.FromSeconds(31));

        Report(mesh, AttemptResult.Success, 14);
        Alternate(mesh, 3);

        mesh.At(Sick).IsEjected.ShouldBeFalse();
        mesh.At(Sick).Health.Window.ShouldBe((17, 3));
    }

    [Fact]
    public void Eject_AgainAndAgain_DoublesWithJitterUpToTheCap()
    {
        using var mesh = World();
        mesh.Count(3);
        var times = new List<double>();
        for (var n = 0; n < 10; n++)
        {
            if (n == 0)
            {
                mesh.Eject(Sick);
            }
            else
            {
                TestMesh.Finish(mesh.Pick(), AttemptResult.Failed);
            }

            var time = mesh.Explained(Sick).EjectedFor.ShouldNotBeNull();
            var full = Math.Min(5 * Math.Pow(2, n), 300);
            time.TotalSeconds.ShouldBeInRange(full * 0.8, full);
            times.Add(time.TotalSeconds / full);
            mesh.Time.Advance(time - TimeSpan.FromMilliseconds(1));
            mesh.At(Sick).Health.Phase.ShouldBe(HealthPhase.Ejected);
            mesh.Time.Advance(TimeSpan.FromMilliseconds(2));
            mesh.At(Sick).Health.Phase.ShouldBe(HealthPhase.HalfOpen);
        }

        times.Distinct().Count().ShouldBeGreaterThan(8);
    }

    [Fact]
    public void Eject_WellForLongerThanTheLastEjection_BeginsAnew()
    {
        using var mesh = World();
        EjectAndRestore(mesh);

        mesh.Time.Advance(TimeSpan.FromSeconds(31));
        mesh.Eject(Sick);

        mesh.Explained(Sick).EjectedFor!.Value.TotalSeconds.ShouldBeInRange(4, 5);
    }

    [Fact]
    public void Eject_SoonAfterItCameBack_GoesOnDoubling()
    {
        using var mesh = World();
        EjectAndRestore(mesh);

        mesh.Time.Advance(TimeSpan.FromSeconds(10));
        mesh.Eject(Sick);

        mesh.Explained(Sick).EjectedFor!.Value.TotalSeconds.ShouldBeInRange(8, 10);
    }

    [Fact]
    public void Answered_FailuresOnly_StillEjectAfterFive()
    {
        using var mesh = World();
        _ = mesh.Route.Table;

        for (var i = 0; i < 5; i++)
        {
            mesh.At(Sick).IsEjected.ShouldBeFalse();
            var lease = mesh.PickAt(Sick);
            lease.Answered(TimeSpan.FromMilliseconds(10));
            TestMesh.Finish(lease, AttemptResult.Failed);
        }

        mesh.At(Sick).IsEjected.ShouldBeTrue();
    }

    [Fact]
    public void Report_EveryBodyBreaksOff_EjectsAfterFive()
    {
        using var mesh = World();
        _ = mesh.Route.Table;

        for (var i = 0; i < 5; i++)
        {
            mesh.At(Sick).IsEjected.ShouldBeFalse();
            BreakOff(mesh);
        }

        mesh.Explained(Sick).Reason.ShouldNotBeNull().ShouldStartWith("5 failures in a row");
    }

    [Fact]
    public void Report_AWholeAnswerBetweenBrokenOnes_BreaksTheRow()
    {
        using var mesh = World();
        _ = mesh.Route.Table;

        for (var i = 0; i < 4; i++)
        {
            BreakOff(mesh);
        }

        TestMesh.Finish(mesh.PickAt(Sick));
        mesh.At(Sick).Health.ConsecutiveFailures.ShouldBe(0);
        BreakOff(mesh);

        mesh.At(Sick).Health.ConsecutiveFailures.ShouldBe(1);
        mesh.At(Sick).IsEjected.ShouldBeFalse();
    }

    [Fact]
    public void Report_ManyBodiesAtOnceBreakOff_EachIsAFailure()
    {
        using var mesh = World();
        _ = mesh.Route.Table;
        BreakOff(mesh);
        EndpointLease[] leases = [.. Enumerable.Range(0, 4).Select(_ => mesh.PickAt(Sick))];
        Array.ForEach(leases, static l => l.Report(new AttemptOutcome(AttemptResult.Success, TimeSpan.FromMilliseconds(10))));

        Array.ForEach(leases, static l => l.Report(new AttemptOutcome(AttemptResult.Failed) { TakesBack = true }));

        mesh.At(Sick).IsEjected.ShouldBeTrue();
        Array.ForEach(leases, static l => l.Release());
    }

    private static void BreakOff(TestMesh mesh)
    {
        var lease = mesh.PickAt(Sick);
        lease.Report(new AttemptOutcome(AttemptResult.Success, TimeSpan.FromMilliseconds(10)));
        lease.Report(new AttemptOutcome(AttemptResult.Failed) { TakesBack = true });
        lease.Release();
    }

    [Fact]
    public void BeginConnect_Fails_IsOneFailureOfNow()
    {
        using var mesh = HalfOpen();
        var early = mesh.At(Sick).BeginConnect();
        var probe = mesh.Pick();

        early.Failed();
        mesh.At(Sick).Health.Phase.ShouldBe(HealthPhase.Probing);
        mesh.At(Sick).BeginConnect().Failed();
        mesh.At(Sick).Health.Phase.ShouldBe(HealthPhase.Ejected);
        mesh.Explained(Sick).Reason.ShouldBe("the probe failed (no connection)");
        TestMesh.Finish(probe, AttemptResult.Cancelled);

        mesh.At(Sick).Health.Phase.ShouldBe(HealthPhase.Ejected);
    }

    [Fact]
    public void Eject_AllOfTheLastTier_AtMostHalfStaysOut()
    {
        using var mesh = new TestMesh().Cluster("alpha").Service(TestMesh.Part("alpha", [.. Enumerable.Range(1, 5).Select(static i => new Pod($"10.0.0.{i}"))]));
        mesh.Count(50);
        foreach (var i in (int[])[3, 1, 2, 5, 4])
        {
            mesh.Eject($"10.0.0.{i}");
        }

        // Two of five may stay out: those whose time is over last. The others are taken back as ejected ones.
        var tier = mesh.Router.Explain("orders.sales").Tiers.Single();
        tier.Readmitted.ShouldBe(3);
        tier.Endpoints.ShouldAllBe(static e => e.Health == "ejected");
        tier.Endpoints.Where(static e => e.IsUsable).Max(static e => e.EjectedFor).ShouldNotBeNull()
            .ShouldBeLessThan(tier.Endpoints.Where(static e => !e.IsUsable).Min(static e => e.EjectedFor)!.Value);
        mesh.Count(500).Keys.Order().ShouldBe(tier.Endpoints.Where(static e => e.IsUsable).Select(static e => e.Address.Split(':')[0]).Order());
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(25, 3)]
    [InlineData(100, 0)]
    public void Eject_PolicySaysHowManyMayStayOut_InTheLastTier(int percent, int readmitted)
    {
        using var mesh = new TestMesh().Cluster("alpha").Service(TestMesh.Part("alpha", [.. Enumerable.Range(1, 4).Select(static i => new Pod($"10.0.0.{i}"))]));
        mesh.Policy(new ServicePolicy { MaxEjectedPercent = percent });
        mesh.Count(50);
        for (var i = 1; i <= 4; i++)
        {
            mesh.Eject($"10.0.0.{i}");
        }

        mesh.Router.Explain("orders.sales").Tiers.Single().Readmitted.ShouldBe(readmitted);
        mesh.PickResult().Status.ShouldBe(readmitted == 0 ? PickStatus.NoUsableEndpoint : PickStatus.Endpoint);
        if (readmitted == 0)
        {
            mesh.Route.Describe(mesh.PickResult()).Message.ShouldContain("all 4 are ejected (5 failures in a row (gateway-class failure))");
        }
    }

    [Fact]
    public void Eject_AnotherTierCanTakeOver_NobodyIsTakenBack()
    {
        using var mesh = World();
        mesh.Cluster("beta").Service(
            TestMesh.Part("alpha", [.. Enumerable.Range(1, 3).Select(static i => new Pod($"10.0.0.{i}"))]), TestMesh.Part("beta", new Pod("10.0.1.1")));
        mesh.Count(50);

        for (var i = 1; i <= 3; i++)
        {
            mesh.Eject($"10.0.0.{i}");
        }

        mesh.Count(50).ShouldHaveSingleItem().Key.ShouldBe("10.0.1.1");
        mesh.Router.Explain("orders.sales").Tiers[0].Readmitted.ShouldBe(0);
    }

    private static void Alternate(TestMesh mesh, int failures)
    {
        for (var i = 0; i < failures; i++)
        {
            Report(mesh, AttemptResult.Success, 1);
            Report(mesh, AttemptResult.Failed, 1);
        }
    }
}
