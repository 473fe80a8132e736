using CsCheck;

namespace Mesh.Retries;

public sealed class LatencyHistogramTests
{
    private readonly LatencyHistogram _histogram = new();

    [Fact]
    public void Quantile_FewerThanAHundredAreKnown_IsUnknown()
    {
        Add(99, 10);
        _histogram.Quantile(0.95).ShouldBeNull();

        Add(1, 10);
        _histogram.Quantile(0.95).ShouldNotBeNull();
    }

    [Fact]
    public void Quantile_OneInTwentyIsSlow_TheOthersAreWithin()
    {
        Add(95, 10);
        Add(5, 1000);

        _histogram.Quantile(0.95)!.Value.TotalMilliseconds.ShouldBeInRange(10, 11.25);
        _histogram.Quantile(0.96)!.Value.TotalMilliseconds.ShouldBeInRange(1000, 1125);
    }

    [Fact]
    public void Quantile_AnyTimes_IsAtLeastTheTrueOneAndAtMostAnEighthMore() =>
        Gen.Long[0, 10_000_000_000].Array[100, 300].Sample(ticks =>
        {
            var histogram = new LatencyHistogram();
            Array.ForEach(ticks, t => histogram.Add(TimeSpan.FromTicks(t)));
            var exact = ticks.Order().ElementAt((int)Math.Ceiling(0.95 * ticks.Length) - 1);
            var found = histogram.Quantile(0.95)!.Value.Ticks;
            found.ShouldBeGreaterThan(exact);
            found.ShouldBeLessThanOrEqualTo((long)(exact * 1.125) + TimeSpan.TicksPerMicrosecond);
        });

    [Theory]
    [InlineData(-5)]
    [InlineData(0)]
    [InlineData(long.MaxValue)]
    public void Add_AbsurdTimes_FallIntoTheOuterBuckets(long ticks)
    {
        for (var i = 0; i < 100; i++)
        {
            _histogram.Add(TimeSpan.FromTicks(ticks));
        }

        _histogram.Quantile(0.95)!.Value.ShouldBeInRange(TimeSpan.Zero, TimeSpan.FromMinutes(20));
    }

    [Fact]
    public void Tick_AMinute_ForgetsWhatWasBefore()
    {
        Add(100, 1000);
        Turn(LatencyHistogram.HalfSeconds);
        Add(100, 10);
        _histogram.Quantile(0.95)!.Value.TotalMilliseconds.ShouldBeInRange(1000, 1125);

        Turn(LatencyHistogram.HalfSeconds);
        _histogram.Quantile(0.95)!.Value.TotalMilliseconds.ShouldBeInRange(10, 11.25);

        Turn(LatencyHistogram.HalfSeconds);
        _histogram.Quantile(0.95).ShouldBeNull();
    }

    private void Add(int count, double milliseconds)
    {
        for (var i = 0; i < count; i++)
        {
            _histogram.Add(TimeSpan.FromMilliseconds(milliseconds));
        }
    }

    private void Turn(int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            _histogram.Tick();
        }
    }
}
