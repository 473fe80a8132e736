using CsCheck;

namespace Mesh.Spill;

/// <summary>The law by itself: three groups, the nearest of 16, then 4 and 8, and a second after a second.</summary>
public sealed class SpillLawTests
{
    private static readonly int[] Same = [0, 1, 2];

    [Fact]
    public void Tick_NothingLostAndNobodyOverloaded_EverythingStays()
    {
        var law = Calm(0.9);

        law.Fractions.ToArray().ShouldBe([1, 0, 0]);
        law.Shed.ShouldBe(0);
    }

    [Fact]
    public void Arrange_NearestDies_TheOthersAreFilledByTheirSizeAtOnce()
    {
        var law = Calm(0.35);

        law.Arrange([Dead(16), Unknown(4), Unknown(8)], Same).ShouldBeTrue();

        // 5.6 of demand; assumed to be 60 % busy, they have 1.4 and 2.8 of room up to 95 %, and the rest goes by size.
        law.Fractions[0].ShouldBe(0);
        law.Fractions[1].ShouldBe(1.0 / 3, 0.01);
        law.Fractions[2].ShouldBe(2.0 / 3, 0.01);
        law.Shed.ShouldBe(0);
    }

    [Fact]
    public void Arrange_NothingWasEverReported_TheOwnPartIsEnvoys()
    {
        var law = new SpillLaw(30);
        law.Arrange([Unknown(16), Unknown(4), Unknown(8)], Same);
        law.Tick([Unknown(16), Unknown(4), Unknown(8)], 100, 1);
        law.Shed.ShouldBe(0);

        law.Arrange([new GroupLoad(8, 16), Unknown(4), Unknown(8)], Same);

        law.Fractions[0].ShouldBe(0.7, 1e-9);
        law.Shed.ShouldBe(0);
    }

    [Theory]
    [InlineData(0.80)]
    [InlineData(1.0)]
    public void Arrange_NothingIsKnownAndNearestIsAlmostWhole_EverythingStays(double healthy)
    {
        var law = new SpillLaw(30);

        law.Arrange([new GroupLoad(16 * healthy, 16), Unknown(4), Unknown(8)], Same);

        law.Fractions[0].ShouldBe(1);
    }

    [Fact]
    public void Arrange_HalfIsLostButTheRestCarriesIt_EverythingStays()
    {
        var law = Calm(0.3);

        law.Arrange([Known(8, 16, 0.3), Unknown(4), Unknown(8)], Same).ShouldBeFalse();

        law.Fractions[0].ShouldBe(1);
    }

    [Fact]
    public void Tick_TheOthersSayTheyAreFull_WhatNobodyCanCarryIsShed()
    {
        // 9.6 of demand beside 1.6 and 3.2 of their own, into 4 and 8: at 95 % of it 31 % are too much.
        var law = Play(load: 0.6, others: 0.4, seconds: 20, out var fullest);

        law.Shed.ShouldBeInRange(0.28, 0.40);
        fullest.ShouldBeLessThan(1.05);
    }

    [Fact]
    public void Tick_TheOthersHaveRoom_NothingIsShed()
    {
        var law = Play(load: 0.35, others: 0.3, seconds: 20, out var fullest);

        law.Shed.ShouldBe(0);
        fullest.ShouldBeLessThan(0.95);
    }

    [Fact]
    public void Tick_NearestIsBack_ComesBackBitByBitAndWhole()
    {
        var law = Calm(0.35);
        law.Arrange([Dead(16), Unknown(4), Unknown(8)], Same);
        for (var i = 0; i < 10; i++)
        {
            law.Tick([Dead(16), Known(4, 4, 0.5), Known(8, 8, 0.5)], 100, 1);
        }

        law.Arrange([Known(16, 16, 0), Known(4, 4, 0.5), Known(8, 8, 0.5)], Same);
        law.Fractions[0].ShouldBe(0);

        var shares = new List<double>();
        for (var i = 0; i < 40; i++)
        {
            law.Tick([Known(16, 16, 0.35 * law.Fractions[0]), Known(4, 4, 0.5), Known(8, 8, 0.5)], 100, 1);
            shares.Add(law.Fractions[0]);
        }

        shares[0].ShouldBeInRange(0.01, 0.1);
        shares[9].ShouldBeLessThan(0.45);
        shares[^1].ShouldBe(1);
        shares.Zip(shares.Skip(1), static (a, b) => b - a).ShouldAllBe(static step => step > -0.001 && step <= 0.1001);
        (law.Fractions[1] + law.Fractions[2] + law.Shed).ShouldBe(0);
    }

    [Fact]
    public void Arrange_NearestIsBackAtOnce_GetsAllAtOnce()
    {
        var law = Calm(0.35);
        law.Arrange([Dead(16), Unknown(4), Unknown(8)], Same);
        law.Tick([Dead(16), Unknown(4), Unknown(8)], 100, 1);

        law.Arrange([Known(16, 16, 0.35), Unknown(4), Unknown(8)], Same).ShouldBeTrue();

        law.Fractions.ToArray().ShouldBe([1, 0, 0]);
    }

    [Fact]
    public void Arrange_FewRequestsAndNothingWasReported_TheNextTakesAll()
    {
        var law = new SpillLaw(30);
        law.Arrange([Unknown(16), Unknown(4), Unknown(8)], Same);
        law.Tick([Unknown(16), Unknown(4), Unknown(8)], 0.1, 1);

        law.Arrange([Dead(16), Unknown(4), Unknown(8)], Same);

        law.Fractions.ToArray().ShouldBe([0, 1, 0]);
    }

    [Fact]
    public void Tick_NearestSaysForSecondsThatItHasTooMuch_TheRestGoesOnInSteps()
    {
        var law = Calm(0.5);

        for (var i = 0; i < 2; i++)
        {
            law.Tick([Known(16, 16, 1.3, reports: 10), Unknown(4), Unknown(8)], 100, 1);
            law.Fractions[0].ShouldBe(1);
        }

        law.Tick([Known(16, 16, 1.3, reports: 10), Unknown(4), Unknown(8)], 100, 1);
        law.Fractions[0].ShouldBe(0.9, 0.001);
        law.Shed.ShouldBe(0);
    }

    [Fact]
    public void Tick_OneReportOfOverload_IsNoEvidence()
    {
        var law = Calm(0.5);

        // A caller of a few requests a minute sees the same report for long.
        for (var i = 0; i < 20; i++)
        {
            law.Tick([Known(1, 1, 1.5, reports: i % 10 == 0 ? 1 : 0), Unknown(4), Unknown(8)], 0.1, 1);
        }

        law.Fractions[0].ShouldBe(1);
    }

    [Fact]
    public void Tick_EstimatesAlone_ShedNothing()
    {
        var law = new SpillLaw(30);
        GroupLoad[] all = [Estimated(16, 2), Estimated(4, 2), Estimated(8, 2)];
        law.Arrange(all, Same);

        for (var i = 0; i < 30; i++)
        {
            law.Tick(all, 100, 1);
            law.Shed.ShouldBe(0);
        }

        // Nobody is known to have room, so it stays where it is.
        law.Fractions[0].ShouldBeGreaterThan(0.95);
    }

    [Fact]
    public void Tick_AllRefuseAfterALoss_WhatIsRefusedIsShedAndNoMore()
    {
        var law = Refused(part: 0.4, nearest: Dead(16), seconds: 5);

        law.Shed.ShouldBeInRange(0.1, 0.4);
    }

    [Fact]
    public void Tick_AllRefuseAndNothingWasLost_NothingIsShed()
    {
        var law = Refused(part: 0.4, nearest: Refusing(16, 0.4), seconds: 20);

        law.Shed.ShouldBe(0);
    }

    [Fact]
    public void Tick_OneRefusesAndOneDoesNot_NothingIsShed()
    {
        var law = new SpillLaw(30);
        GroupLoad[] groups = [Dead(16), Refusing(4, 0.5), Unknown(8)];
        law.Arrange(groups, Same);
        var before = law.Fractions[1];

        for (var i = 0; i < 10; i++)
        {
            law.Tick(groups, 100, 1);
            law.Shed.ShouldBe(0);
        }

        law.Fractions[1].ShouldBeLessThan(before - 0.05);
    }

    [Fact]
    public void Tick_SheddingHelpsNobody_IsGivenUp()
    {
        var law = Refused(part: 0.2, nearest: Dead(16), seconds: 5);
        law.Shed.ShouldBeGreaterThan(0.05);

        // Whatever is shed, the same part of the rest fails.
        GroupLoad[] groups = [Dead(16), Refusing(4, 0.2), Refusing(8, 0.2)];
        for (var i = 0; i < 30; i++)
        {
            law.Tick(groups, 100, 1);
        }

        law.Shed.ShouldBe(0, 0.011);
    }

    [Fact]
    public void Tick_ReportsStop_NeverMoreIsShedAndSomebodyGetsAll()
    {
        var law = Play(load: 0.6, others: 0.4, seconds: 20, out _);
        var shed = law.Shed;

        for (var i = 0; i < 60; i++)
        {
            law.Tick([Dead(16), Unknown(4), Unknown(8)], 100, 1);
            law.Shed.ShouldBeLessThanOrEqualTo(shed);
            shed = law.Shed;
            (law.Fractions[0] + law.Fractions[1] + law.Fractions[2] + law.Shed).ShouldBe(1, 1e-9);
        }

        shed.ShouldBe(0);
    }

    [Fact]
    public void Arrange_AGroupGoesAndAnotherComes_SharesStayWithTheirs()
    {
        var law = Calm(0.35);
        law.Arrange([Dead(16), Unknown(4), Unknown(8)], Same);
        var gamma = law.Fractions[2];

        law.Arrange([Dead(16), Unknown(2), Unknown(4), Unknown(8)], [0, -1, 1, 2]).ShouldBeFalse();
        law.Fractions[3].ShouldBe(gamma);
        law.Fractions[1].ShouldBe(0);

        law.Arrange([Dead(16), Unknown(2), Unknown(4)], [0, 1, 2]).ShouldBeTrue();
        (law.Fractions[0] + law.Fractions[1] + law.Fractions[2]).ShouldBe(1, 1e-9);
        law.Fractions[0].ShouldBe(0);
    }

    [Fact]
    public void Tick_AnyInput_SharesAreOneTogether() => Gen.Select(
        Gen.Select(Gen.Double[0, 20], Gen.Double[0, 3], Gen.Double[0, 40], Gen.Int[0, 5]).Array[3].Array[1, 40],
        Gen.Double[0, 1000]).Sample(static (seconds, rate) =>
        {
            var law = new SpillLaw(30);
            foreach (var second in seconds)
            {
                var groups = second.Select(static g => new GroupLoad(g.Item1 < 5 ? 0 : g.Item1, 20, g.Item2 > 2 ? double.NaN : g.Item2, g.Item3, g.Item2 < 1.5, g.Item4)).ToArray();
                law.Arrange(groups, Same);
                CheckSum(law);
                law.Tick(groups, rate, 1);
                CheckSum(law);
            }
        });

    [Fact]
    public void Arrange_NoCapacityHasChanged_NothingMovesBetweenTheSeconds() => Gen.Select(Gen.Double[0, 2].Array[3].Array[1, 60], Gen.Double[0.1, 1]).Sample(static (seconds, load) =>
    {
        var law = Calm(load);
        law.Arrange([Dead(16), Known(4, 4, 0.5), Known(8, 8, 0.5)], Same);
        foreach (var second in seconds)
        {
            GroupLoad[] groups = [Dead(16), Known(4, 4, second[1]), Known(8, 8, second[2])];
            law.Arrange(groups, Same).ShouldBeFalse();
            law.Tick(groups, 100, 1);
            law.Fractions.ToArray().Append(law.Shed).ShouldAllBe(static f => f == 0 || f > 1e-10);
        }
    });

    private static void CheckSum(SpillLaw law)
    {
        (law.Fractions.ToArray().Sum() + law.Shed).ShouldBe(1, 1e-6);
        law.Fractions.ToArray().ShouldAllBe(static f => f >= 0 && f <= 1);
        law.Shed.ShouldBeInRange(0, 1);
    }

    // The nearest dies; the others report what reaches them, a second late.
    private static SpillLaw Play(double load, double others, int seconds, out double fullest)
    {
        var law = Calm(load);
        law.Arrange([Dead(16), Unknown(4), Unknown(8)], Same);
        var (beta, gamma) = (others, others);
        fullest = 0;
        for (var i = 0; i < seconds; i++)
        {
            beta = Follow(beta, others + (law.Fractions[1] * load * 16 / 4));
            gamma = Follow(gamma, others + (law.Fractions[2] * load * 16 / 8));
            law.Tick([Dead(16), Known(4, 4, beta, reports: 50), Known(8, 8, gamma, reports: 50)], 1000, 1);
            fullest = i < 2 ? 0 : Math.Max(fullest, others + Math.Max(law.Fractions[1] * load * 16 / 4, law.Fractions[2] * load * 16 / 8));
        }

        return law;

        static double Follow(double from, double to) => from + ((1 - Math.Exp(-1)) * (to - from));
    }

    private static SpillLaw Calm(double load)
    {
        var law = new SpillLaw(30);
        GroupLoad[] groups = [Known(16, 16, load), Unknown(4), Unknown(8)];
        law.Arrange(groups, Same);
        for (var i = 0; i < 20; i++)
        {
            law.Tick(groups, 100, 1);
        }

        return law;
    }

    private static GroupLoad Known(double capacity, double full, double utilization, int reports = 20) => new(capacity, full, utilization, 0, IsReported: true, reports);

    private static GroupLoad Unknown(double capacity) => new(capacity, capacity, double.NaN, 0, IsReported: false, 0);

    private static GroupLoad Estimated(double capacity, double utilization) => new(capacity, capacity, utilization, 0, IsReported: false, 0);

    private static GroupLoad Refusing(double capacity, double part) => new(capacity, capacity, 1 / (1 - part), 0, IsReported: false, 0, part, IsRefusing: true);

    private static SpillLaw Refused(double part, GroupLoad nearest, int seconds)
    {
        var law = new SpillLaw(30);
        GroupLoad[] groups = [nearest, Refusing(4, part), Refusing(8, part)];
        law.Arrange(groups, Same);
        for (var i = 0; i < seconds; i++)
        {
            law.Tick(groups, 100, 1);
        }

        return law;
    }

    private static GroupLoad Dead(double full) => new(0, full, double.NaN, 0, IsReported: false, 0);
}
