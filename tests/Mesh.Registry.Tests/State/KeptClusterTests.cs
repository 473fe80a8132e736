using Mesh.Catalog;

namespace Mesh.State;

public sealed class KeptClusterTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Change_WhileTheStateIsLookedAt_IsWrittenNextTime()
    {
        KeptCluster? kept = null;
        var signals = 0;
        var looks = 0;
        kept = Kept(
            () =>
            {
                if (looks++ == 0)
                {
                    kept!.Changed();
                }

                return State(Noon);
            },
            () => signals++);
        kept.Changed();

        kept.TakeDue(Noon, TimeSpan.FromHours(1)).ShouldNotBeNull();
        kept.WrittenAsOf = Noon;

        signals.ShouldBe(2);
        kept.TakeDue(Noon, TimeSpan.FromHours(1)).ShouldNotBeNull();
        kept.TakeDue(Noon, TimeSpan.FromHours(1)).ShouldBeNull();
    }

    [Fact]
    public void Changes_BeforeTheyAreWritten_SignalOnce()
    {
        var signals = 0;
        var kept = Kept(() => State(Noon), () => signals++);

        kept.Changed();
        kept.Changed();

        signals.ShouldBe(1);
    }

    [Fact]
    public void Unchanged_IsNotLookedAtBeforeItsWordIsOld()
    {
        var looks = 0;
        var now = Noon;
        var kept = Kept(
            () =>
            {
                looks++;
                return State(now);
            },
            () => { });
        kept.WrittenAsOf = Noon;

        now = Noon.AddMinutes(14);
        kept.TakeDue(now, TimeSpan.FromMinutes(15)).ShouldBeNull();
        looks.ShouldBe(0);
        now = Noon.AddMinutes(15);
        kept.TakeDue(now, TimeSpan.FromMinutes(15)).ShouldNotBeNull();
    }

    private static KeptCluster Kept(Func<KeptState?> capture, Action signal) => new(new StateFile(Path.GetTempPath(), "source", TestCatalog.Alpha), capture, signal);

    private static KeptState State(DateTimeOffset asOf) => new("source", TestCatalog.Alpha, "", asOf);
}
