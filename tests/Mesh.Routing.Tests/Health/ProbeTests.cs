using Mesh.Doubles;
using static Mesh.Health.SickPod;

namespace Mesh.Health;

/// <summary>How an ejected endpoint comes back, and which outcomes speak of now.</summary>
public sealed class ProbeTests
{
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
}
