using Microsoft.Extensions.Time.Testing;

namespace Mesh.Watch;

public sealed class WatchBackoffTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Next_FailsOnAndOn_DoublesUpToTheCapWithFullJitter()
    {
        var longest = new double[12];
        for (var seed = 0; seed < 400; seed++)
        {
            var backoff = new WatchBackoff(_time, new Random(seed));
            for (var i = 0; i < longest.Length; i++) longest[i] = Math.Max(longest[i], backoff.Next().TotalMilliseconds);
        }

        for (var i = 0; i < longest.Length; i++)
        {
            var cap = Math.Min(800 * Math.Pow(2, i), 30_000);
            longest[i].ShouldBeInRange(cap * 0.9, cap, $"pause {i + 1}");
        }
    }

    [Fact]
    public void Next_AfterTwoMinutesOfHealth_BeginsAnew()
    {
        var backoff = new WatchBackoff(_time, new Random(1));
        for (var i = 0; i < 8; i++) backoff.Next();
        backoff.Healthy();
        _time.Advance(TimeSpan.FromMinutes(2));

        backoff.Next().ShouldBeLessThanOrEqualTo(TimeSpan.FromMilliseconds(800));
        backoff.Failures.ShouldBe(1);
    }

    [Fact]
    public void Next_AfterLessHealth_GoesOnGrowing()
    {
        var backoff = new WatchBackoff(_time, new Random(1));
        for (var i = 0; i < 8; i++) backoff.Next();
        backoff.Healthy();
        _time.Advance(TimeSpan.FromSeconds(119));

        backoff.Next();
        backoff.Failures.ShouldBe(9);
    }

    [Fact]
    public void Next_SameSeed_SamePauses()
    {
        var one = new WatchBackoff(_time, new Random(7));
        var two = new WatchBackoff(_time, new Random(7));

        Enumerable.Range(0, 5).Select(_ => one.Next()).ShouldBe(Enumerable.Range(0, 5).Select(_ => two.Next()));
    }

    [Fact]
    public void TryAtOnce_IsGrantedOnceUntilTwoMinutesOfHealth()
    {
        var backoff = new WatchBackoff(_time, new Random(1));
        backoff.TryAtOnce().ShouldBeTrue();
        backoff.Healthy();
        _time.Advance(TimeSpan.FromSeconds(119));
        backoff.TryAtOnce().ShouldBeFalse();
        backoff.Healthy();
        _time.Advance(TimeSpan.FromMinutes(2));
        backoff.TryAtOnce().ShouldBeTrue();
        backoff.Failures.ShouldBe(1);
    }
}
