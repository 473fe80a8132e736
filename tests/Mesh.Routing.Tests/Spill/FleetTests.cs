using Mesh.Benchmarks.Fleets.Simulation;

namespace Mesh.Spill;

/// <summary>The six requirements of spill-over, each by a fleet of simulated clusters that the engine routes, in virtual time; <c>benchmarks/run Fleets</c> plays more of them, beside other rules.</summary>
public sealed class FleetTests
{
    private const int Seed = 7;

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(100)]
    public void Fleet_TheLargestDiesAndItFits_NothingIsLostAndNobodyOverloaded(int callers)
    {
        var outcome = Scenarios.Fits(callers).Run(SpillOver.Capacity, Seed);

        (outcome.Failed + outcome.FailedAtFirst, outcome.Shed).ShouldBe((0, 0), $"seed {Seed}");
        outcome.WorstUtilization.ShouldBeLessThan(1.05, $"seed {Seed}");
        outcome.SettlingSeconds.ShouldBeLessThanOrEqualTo(10, $"seed {Seed}");
        outcome.Swing.ShouldBeLessThanOrEqualTo(3, $"seed {Seed}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(100)]
    public void Fleet_TheLargestDiesAndItDoesNotFit_WhatIsLeftIsUsedAndTheRestShed(int callers)
    {
        var outcome = Scenarios.DoesNotFit(callers).Run(SpillOver.Capacity, Seed);

        outcome.Goodput.ShouldBeGreaterThan(0.9, $"seed {Seed}");
        outcome.Shed.ShouldBeGreaterThan(outcome.Begun / 10, $"seed {Seed}");
        outcome.Failed.ShouldBeLessThan(outcome.Begun / 100, $"seed {Seed}");
    }

    [Fact]
    public void Fleet_TheLargestComesBack_BitByBitAndWhole()
    {
        var outcome = Scenarios.ComesBack().Run(SpillOver.Capacity, Seed);

        outcome.FailedAfterwards.ShouldBe(0, $"seed {Seed}");
        outcome.ShareSoonAfter.ShouldBeLessThan(0.5, $"seed {Seed}");
        outcome.ShareAtLast.ShouldBe(1, $"seed {Seed}");
    }

    [Fact]
    public void Fleet_PartIsLost_OnlyWhatDoesNotFitGoesOn()
    {
        var outcome = Scenarios.PartlyLost().Run(SpillOver.Capacity, Seed);

        (outcome.Failed, outcome.Shed).ShouldBe((0, 0), $"seed {Seed}");
        outcome.WorstUtilization.ShouldBeLessThan(1.05, $"seed {Seed}");
        outcome.Shares((int)outcome.Scenario.EndsAt)[0].ShouldBeInRange(0.2, 0.6, $"seed {Seed}");
    }

    [Fact]
    public void Fleet_CrowdInOneCluster_SpillsThoughNothingIsLost()
    {
        var outcome = Scenarios.FlashCrowd().Run(SpillOver.Capacity, Seed);

        outcome.Goodput.ShouldBeGreaterThan(0.95, $"seed {Seed}");
        outcome.WorstUtilization.ShouldBeLessThan(1.05, $"seed {Seed}");
    }

    [Fact]
    public void Fleet_NoReports_NobodyIsShedAndItIsNoWorseThanByHealth()
    {
        var scenario = Scenarios.NoReports();
        var outcome = scenario.Run(SpillOver.Capacity, Seed);

        outcome.Shed.ShouldBe(0, $"seed {Seed}");
        outcome.Goodput.ShouldBeGreaterThan(scenario.Run(SpillOver.Health, Seed).Goodput - 0.01, $"seed {Seed}");
    }

    [Fact]
    public void Fleet_NoReportsAndNoRoom_WhatAllRefuseIsShedAndMoreIsServedThanByHealth()
    {
        var scenario = Scenarios.NoReportsWithoutRoom();
        var outcome = scenario.Run(SpillOver.Capacity, Seed);

        outcome.Goodput.ShouldBeGreaterThan(scenario.Run(SpillOver.Health, Seed).Goodput + 0.05, $"seed {Seed}");
        outcome.Shed.ShouldBeInRange(outcome.Begun / 20, outcome.Begun / 3, $"seed {Seed}");
    }

    [Fact]
    public void Fleet_NoReportsNoRoomAndOneCallerThatSeesAllRefusals_EjectionsBuryNobody()
    {
        var scenario = Scenarios.NoReportsWithoutRoom(callers: 1);
        var outcome = scenario.Run(SpillOver.Capacity, Seed);

        outcome.Goodput.ShouldBeGreaterThan(0.75, $"seed {Seed}");
        outcome.Failed.ShouldBeLessThan(outcome.Begun / 20, $"seed {Seed}");
    }

    [Fact]
    public void Fleet_AllAskForTooMuch_IsShedWithinSeconds()
    {
        var outcome = Scenarios.FlashCrowdEverywhere().Run(SpillOver.Capacity, Seed);

        outcome.Goodput.ShouldBeGreaterThan(0.95, $"seed {Seed}");
        outcome.Failed.ShouldBeLessThan(outcome.Begun / 200, $"seed {Seed}");
    }

    [Fact]
    public void Fleet_OldReportsAndNoRoom_IsNoWorseThanByHealth()
    {
        var scenario = Scenarios.StaleReportsWithoutRoom();
        var outcome = scenario.Run(SpillOver.Capacity, Seed);

        outcome.Goodput.ShouldBeGreaterThan(scenario.Run(SpillOver.Health, Seed).Goodput, $"seed {Seed}");
    }

    [Fact]
    public void Fleet_WrongReports_AreOverruledByWhatCallersSee()
    {
        var outcome = Scenarios.LyingReports().Run(SpillOver.Capacity, Seed);

        outcome.Goodput.ShouldBeGreaterThan(0.98, $"seed {Seed}");
        outcome.Shed.ShouldBeLessThan(outcome.Begun / 100, $"seed {Seed}");
    }

    [Fact]
    public void Fleet_MostPodsOfTheLargestAreKilled_ThoseThatLiveStayInUse()
    {
        var outcome = Scenarios.PartlyKilled().Run(SpillOver.Capacity, Seed);

        outcome.Goodput.ShouldBeGreaterThan(0.97, $"seed {Seed}");
        outcome.Shares((int)outcome.Scenario.EndsAt)[0].ShouldBeGreaterThan(0.2, $"seed {Seed}");
    }

    [Fact]
    public void Fleet_SameSeed_SameOutcome()
    {
        var first = Scenarios.Fits(10).Run(SpillOver.Capacity, Seed);
        var second = Scenarios.Fits(10).Run(SpillOver.Capacity, Seed);

        second.Seconds.Select(static s => (s.Served, s.Tries)).ShouldBe(first.Seconds.Select(static s => (s.Served, s.Tries)));
    }
}
