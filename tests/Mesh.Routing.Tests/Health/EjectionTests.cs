using Mesh.Doubles;

namespace Mesh.Health;

public sealed class EjectionTests
{
    private const string Sick = "10.0.0.1";

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
    public void HalfOpen_OneRequestProbes_OthersGoElsewhere()
    {
        using var mesh = HalfOpen();

        var probe = mesh.Pick();

        probe.Endpoint.Address.ToString().ShouldBe(Sick);
        mesh.Explained(Sick).Health.ShouldBe("probing");
        mesh.Count(300).ShouldNotContainKey(Sick);
    }

    [Fact]
    public void HalfOpen_ProbeSucceeds_IsPickedAgain()
    {
        using var mesh = HalfOpen();

        TestMesh.Finish(mesh.Pick());

        mesh.At(Sick).IsEjected.ShouldBeFalse();
        mesh.Explained(Sick).Reason.ShouldBeNull();
        mesh.Explained(Sick).Latency!.Value.TotalMilliseconds.ShouldBe(10, 0.01);
        mesh.Count(300).ShouldContainKey(Sick);
        mesh.Logger.Lines.Count(static l => l.Id == 1201).ShouldBe(1);
    }

    [Fact]
    public void HalfOpen_ProbeFails_IsEjectedForTwiceAsLong()
    {
        using var mesh = HalfOpen();

        TestMesh.Finish(mesh.Pick(), AttemptResult.Failed);

        mesh.At(Sick).Health.Phase.ShouldBe(HealthPhase.Ejected);
        mesh.Explained(Sick).EjectedFor!.Value.TotalSeconds.ShouldBeInRange(8, 10);
        mesh.Explained(Sick).Reason.ShouldBe("the probe failed (gateway-class failure)");
    }

    [Fact]
    public void HalfOpen_ProbeIsToldToSlowDown_TheEndpointIsAlive()
    {
        using var mesh = HalfOpen();

        TestMesh.Finish(mesh.Pick(), AttemptResult.Overloaded);

        mesh.At(Sick).IsEjected.ShouldBeFalse();
        mesh.Explained(Sick).Latency!.Value.TotalSeconds.ShouldBe(5, 0.01);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void HalfOpen_ProbeSaysNothing_AnotherMayProbe(bool isReported)
    {
        using var mesh = HalfOpen();
        var probe = mesh.Pick();

        if (isReported)
        {
            probe.Report(new AttemptOutcome(AttemptResult.Cancelled));
        }

        probe.Release();

        mesh.Pick().Endpoint.ShouldBeSameAs(probe.Endpoint);
    }

    [Fact]
    public void Report_OldRequestEndsWellWhileEjected_ProvesNothing()
    {
        using var mesh = World();
        var old = mesh.PickAt(Sick);
        mesh.Eject(Sick);

        TestMesh.Finish(old);

        mesh.At(Sick).Health.Phase.ShouldBe(HealthPhase.Ejected);
        mesh.Count(100).ShouldNotContainKey(Sick);
    }

    [Theory]
    [InlineData(AttemptResult.Success)]
    [InlineData(AttemptResult.Failed)]
    public void Report_OldRequestEndsWhileHalfOpen_TheProbeStillDecides(AttemptResult result)
    {
        using var mesh = World();
        var old = mesh.PickAt(Sick);
        mesh.Eject(Sick);
        mesh.Time.Advance(TimeSpan.FromSeconds(5));

        TestMesh.Finish(old, result);

        mesh.At(Sick).Health.Phase.ShouldBe(HealthPhase.HalfOpen);
        mesh.Pick().Endpoint.ShouldBeSameAs(old.Endpoint);
    }

    [Theory]
    [InlineData(AttemptResult.Success)]
    [InlineData(AttemptResult.Overloaded)]
    [InlineData(AttemptResult.Failed)]
    [InlineData(AttemptResult.ConnectFailed)]
    [InlineData(AttemptResult.Cancelled)]
    public void Report_OldRequestEndsWhileAnotherProbes_TheProbeStillDecides(AttemptResult result)
    {
        using var mesh = World();
        var old = mesh.PickAt(Sick);
        mesh.Eject(Sick);
        mesh.Time.Advance(TimeSpan.FromSeconds(5));
        var probe = mesh.Pick();

        TestMesh.Finish(old, result);

        mesh.At(Sick).Health.Phase.ShouldBe(HealthPhase.Probing);
        TestMesh.Finish(probe);
        mesh.At(Sick).IsEjected.ShouldBeFalse();
    }

    [Fact]
    public void Report_TheProbeOfAnEarlierTime_DoesNotEndTheOneUnderWay()
    {
        using var mesh = HalfOpen();
        var first = mesh.Pick();
        first.Report(new AttemptOutcome(AttemptResult.Failed));
        mesh.Time.Advance(TimeSpan.FromSeconds(10));
        mesh.Pick().Endpoint.ShouldBeSameAs(first.Endpoint);

        first.Report(new AttemptOutcome(AttemptResult.Failed));
        first.Release();

        mesh.At(Sick).Health.Phase.ShouldBe(HealthPhase.Probing);
    }

    [Fact]
    public void Report_OldRequestsFailAfterItCameBack_CountForNothing()
    {
        using var mesh = World();
        EndpointLease[] old = [.. Enumerable.Range(0, 5).Select(_ => mesh.PickAt(Sick))];
        EjectAndRestore(mesh);

        foreach (var lease in old)
        {
            TestMesh.Finish(lease, AttemptResult.Failed);
        }

        mesh.At(Sick).IsEjected.ShouldBeFalse();
        mesh.Explained(Sick).Failures.ShouldBe(0);
        mesh.Explained(Sick).Latency!.Value.TotalMilliseconds.ShouldBe(10, 0.01);
    }

    [Fact]
    public void HalfOpen_ProbeHasBegunToAnswer_IsPickedAgainBeforeItEnds()
    {
        using var mesh = HalfOpen();

        mesh.Pick().Answered(TimeSpan.FromMilliseconds(10));

        mesh.At(Sick).IsEjected.ShouldBeFalse();
        mesh.Explained(Sick).Latency!.Value.TotalMilliseconds.ShouldBe(10, 0.01);
        mesh.Count(300).ShouldContainKey(Sick);
    }

    [Fact]
    public void HalfOpen_ProbeAnswersAndFailsAllTheSame_IsEjectedForTwiceAsLong()
    {
        using var mesh = HalfOpen();
        var probe = mesh.Pick();
        probe.Answered(TimeSpan.FromMilliseconds(10));

        TestMesh.Finish(probe, AttemptResult.Failed);

        mesh.At(Sick).Health.Phase.ShouldBe(HealthPhase.Ejected);
        mesh.Explained(Sick).EjectedFor!.Value.TotalSeconds.ShouldBeInRange(8, 10);
        mesh.Explained(Sick).Reason.ShouldBe("the probe failed (gateway-class failure)");
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 31)]
    public void HalfOpen_ProbeAnswersAndFailsWhenOthersOrTimeHaveConfirmedIt_IsOneFailure(bool anotherSucceeds, int seconds)
    {
        using var mesh = HalfOpen();
        var probe = mesh.Pick();
        probe.Answered(TimeSpan.FromMilliseconds(10));
        if (anotherSucceeds)
        {
            TestMesh.Finish(mesh.PickAt(Sick));
        }

        mesh.Time.Advance(TimeSpan.FromSeconds(seconds));
        TestMesh.Finish(probe, AttemptResult.Failed);

        mesh.At(Sick).IsEjected.ShouldBeFalse();
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

    private static TestMesh World()
    {
        var mesh = new TestMesh().Cluster("alpha").Service(TestMesh.Part("alpha", [.. Enumerable.Range(1, 3).Select(static i => new Pod($"10.0.0.{i}"))]));
        mesh.Policy(ServicePolicy.Empty with { LoadBalancing = "round-robin" });
        return mesh;
    }

    private static TestMesh HalfOpen()
    {
        var mesh = World();
        mesh.Count(3);
        mesh.Eject(Sick);
        mesh.Time.Advance(TimeSpan.FromSeconds(5));
        mesh.Explained(Sick).Health.ShouldStartWith("half-open");
        return mesh;
    }

    private static void EjectAndRestore(TestMesh mesh)
    {
        mesh.Count(3);
        mesh.Eject(Sick);
        mesh.Time.Advance(TimeSpan.FromSeconds(5));
        TestMesh.Finish(mesh.Pick());
        mesh.At(Sick).IsEjected.ShouldBeFalse();
    }

    private static void Alternate(TestMesh mesh, int failures)
    {
        for (var i = 0; i < failures; i++)
        {
            Report(mesh, AttemptResult.Success, 1);
            Report(mesh, AttemptResult.Failed, 1);
        }
    }

    private static void Report(TestMesh mesh, AttemptResult result, int times)
    {
        _ = mesh.Route.Table;
        for (var i = 0; i < times; i++)
        {
            mesh.At(Sick).Report(new AttemptOutcome(result, TimeSpan.FromMilliseconds(10)));
        }
    }
}
