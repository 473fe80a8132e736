namespace Mesh.Load;

public sealed class ReportedLoadTests
{
    public static TheoryData<double> NoAmounts => [double.NaN, -0.1, double.NegativeInfinity, double.PositiveInfinity];

    [Fact]
    public void Take_AReport_IsKeptWithItsAge()
    {
        var load = new ReportedLoad();
        load.Take(new LoadReport(0.5, 100, 3), now: 10);

        (load.Utilization, load.RequestsPerSecond, load.ErrorsPerSecond).ShouldBe((0.5, 100, 3));
        load.AgeAt(12.5).ShouldBe(2.5);
    }

    [Fact]
    public void Take_BeforeAny_SaysNothing()
    {
        var load = new ReportedLoad();

        load.Utilization.ShouldBe(double.NaN);
        load.AgeAt(5).ShouldBe(double.NaN);
        load.WeightAt(5).ShouldBe(double.NaN);
    }

    [Theory]
    [MemberData(nameof(NoAmounts))]
    public void Take_UtilizationIsNoAmount_SaysNothing(double utilization)
    {
        var load = new ReportedLoad();
        load.Take(new LoadReport(0.5, 100, 3), now: 10);
        load.Take(new LoadReport(utilization, 7, 7), now: 20);

        (load.Utilization, load.RequestsPerSecond, load.ErrorsPerSecond).ShouldBe((0.5, 100, 3));
        load.AgeAt(20).ShouldBe(10);
    }

    [Theory]
    [MemberData(nameof(NoAmounts))]
    public void Take_RatesAreNoAmounts_AreNotSaid(double rate)
    {
        var load = new ReportedLoad();
        load.Take(new LoadReport(0.5, rate, rate), now: 10);

        (load.Utilization, load.RequestsPerSecond, load.ErrorsPerSecond).ShouldBe((0.5, double.NaN, double.NaN));
        load.WeightAt(30).ShouldBe(double.NaN);
    }

    [Fact]
    public void Take_HugeUtilization_CountsAsTen()
    {
        var load = new ReportedLoad();
        load.Take(new LoadReport(1e308), now: 0);

        load.Utilization.ShouldBe(10);
    }

    [Theory]
    [InlineData(0.5, 100, 0, 200)]
    [InlineData(0.5, 100, 50, 100)]
    [InlineData(0.5, 100, double.NaN, 200)]
    [InlineData(1e-300, 1e308, 0, 1e12)]
    [InlineData(0.5, 1e-300, 1e300, 0)]
    public void Weight_AfterTheBlackout_IsA58s(double utilization, double requests, double errors, double weight)
    {
        var load = new ReportedLoad();
        load.Take(new LoadReport(utilization, requests, errors), now: 0);

        load.WeightAt(9.9).ShouldBe(double.NaN);
        load.WeightAt(10).ShouldBe(weight);
    }

    [Theory]
    [InlineData(0, 100)]
    [InlineData(0.5, 0)]
    public void Weight_NothingToDo_SaysNothing(double utilization, double requests)
    {
        var load = new ReportedLoad();
        load.Take(new LoadReport(utilization, requests), now: 0);

        load.WeightAt(20).ShouldBe(double.NaN);
    }

    [Fact]
    public void Weight_SilenceOfThreeMinutes_EndsItAndTheBlackoutBeginsAnew()
    {
        var load = new ReportedLoad();
        load.Take(new LoadReport(0.5, 100), now: 0);
        load.Take(new LoadReport(0.5, 100), now: 100);

        load.WeightAt(279).ShouldBe(200);
        load.WeightAt(280).ShouldBe(double.NaN);
        load.Take(new LoadReport(0.5, 100), now: 300);
        load.WeightAt(305).ShouldBe(double.NaN);
        load.WeightAt(310).ShouldBe(200);
    }
}
