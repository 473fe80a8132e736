using Mesh.Doubles;
using Mesh.Hashing;

namespace Mesh.SlowStart;

public sealed class SlowStartTests
{
    private const int Picks = 20_000;

    [Theory]
    [InlineData("random", 0, 0.1)]
    [InlineData("random", 15, 0.5)]
    [InlineData("random", 24, 0.8)]
    [InlineData("random", 31, 1)]
    [InlineData("round-robin", 0, 0.1)]
    [InlineData("round-robin", 15, 0.5)]
    [InlineData("round-robin", 31, 1)]
    [InlineData("least-request", 0, 0.1)]
    [InlineData("least-request", 15, 0.5)]
    [InlineData("least-request", 31, 1)]
    [InlineData("weighted-by-utilization", 15, 0.5)]
    public void Pick_ANewcomerAmongOthers_ItsShareGrows(string algorithm, int seconds, double part)
    {
        using var mesh = WithNewcomer(algorithm);

        mesh.Time.Advance(TimeSpan.FromSeconds(seconds));

        ShareOf(mesh, "10.0.0.5").ShouldBe(part / (4 + part), Bound(part / (4 + part)));
    }

    [Fact]
    public void Pick_WeightedNewcomer_ItsShareGrowsToItsWeight()
    {
        using var mesh = WithNewcomer("random", newWeight: 4);
        ShareOf(mesh, "10.0.0.5").ShouldBe(0.4 / 4.4, Bound(0.4 / 4.4));

        mesh.Time.Advance(TimeSpan.FromSeconds(31));

        ShareOf(mesh, "10.0.0.5").ShouldBe(0.5, Bound(0.5));
    }

    [Fact]
    public void Pick_BackFromEjection_ItsShareGrows()
    {
        using var mesh = World("random", 5);
        mesh.Send();
        mesh.Time.Advance(TimeSpan.FromMinutes(2));
        mesh.Eject("10.0.0.5");
        mesh.Time.Advance(TimeSpan.FromSeconds(6));

        // The probe.
        mesh.Send().Address.ToString().ShouldBe("10.0.0.5");

        ShareOf(mesh, "10.0.0.5").ShouldBe(0.1 / 4.1, Bound(0.1 / 4.1));
        mesh.Time.Advance(TimeSpan.FromSeconds(15));
        ShareOf(mesh, "10.0.0.5").ShouldBe(0.5 / 4.5, Bound(0.5 / 4.5));
        mesh.Time.Advance(TimeSpan.FromSeconds(16));
        ShareOf(mesh, "10.0.0.5").ShouldBe(0.2, Bound(0.2));
    }

    [Fact]
    public void Pick_AllAreNew_NobodyWaits()
    {
        using var mesh = World("random", 5);
        mesh.Send();

        PickerOf(mesh).ShouldNotBeOfType<SlowStartPicker>();
        ShareOf(mesh, "10.0.0.5").ShouldBe(0.2, Bound(0.2));
    }

    [Fact]
    public void Pick_ANewcomerToATierThatBegan15SecondsAgo_IsMeasuredByTheOldest()
    {
        using var mesh = World("random", 4);
        mesh.Send();
        mesh.Time.Advance(TimeSpan.FromSeconds(15));
        mesh.Service(TestMesh.Part("alpha", Pods(5)));

        // A tenth beside others' half.
        ShareOf(mesh, "10.0.0.5").ShouldBe(0.2 / 4.2, Bound(0.2 / 4.2));
    }

    [Fact]
    public void Pick_NewcomersOutnumberTheOthers_SharesAreByTheirParts()
    {
        using var mesh = World("random", 1);
        mesh.Send();
        mesh.Time.Advance(TimeSpan.FromMinutes(2));
        mesh.Service(TestMesh.Part("alpha", Pods(10)));

        // 1 of 1 + 9 × 0.1; one choice in a thousand is not by the parts.
        ShareOf(mesh, "10.0.0.1").ShouldBe(1 / 1.9, Bound(1 / 1.9) + 0.002);
    }

    [Fact]
    public void Pick_Off_NobodyWaits()
    {
        using var mesh = WithNewcomer("random", window: TimeSpan.Zero);

        ShareOf(mesh, "10.0.0.5").ShouldBe(0.2, Bound(0.2));
    }

    [Theory]
    [InlineData("ring-hash")]
    [InlineData("maglev")]
    public void Pick_Hashing_KeysBelongToTheNewcomerAtOnce(string algorithm)
    {
        using var mesh = WithNewcomer(algorithm);
        var count = 0;
        for (var i = 0UL; i < 2000; i++)
        {
            var attempts = default(RequestAttempts);
            var lease = mesh.Route.Pick(ref attempts, new PickHints(KeyHash.Mix(i))).Lease;
            lease.Release();
            count += lease.Endpoint.Address.ToString() == "10.0.0.5" ? 1 : 0;
        }

        count.ShouldBeInRange(280, 520);
    }

    [Fact]
    public void Pick_NobodyInSlowStart_IsTheAlgorithmItself()
    {
        using var mesh = World("least-request", 5);
        mesh.Send();
        mesh.Time.Advance(TimeSpan.FromMinutes(2));
        mesh.Send();

        PickerOf(mesh).GetType().Name.ShouldBe("LeastRequestPicker");
    }

    [Fact]
    public void Pick_SlowStartIsOver_TheClockIsReadNoMore()
    {
        var time = new CountingTime();
        using var mesh = WithNewcomer("random");
        using var router = new MeshRouter(mesh.Catalog, mesh.Options, mesh.Pickers, time, mesh.Logger);
        var route = router.GetRoute(router.Match(new Uri("http://orders.sales")));
        mesh.Service(TestMesh.Part("alpha", Pods(4)));
        Pick(route, 1);
        time.Now += TimeSpan.FromMinutes(2).Ticks;
        mesh.Service(TestMesh.Part("alpha", Pods(5)));
        Pick(route, 100);
        time.Now += TimeSpan.FromMinutes(2).Ticks;
        Pick(route, 100);
        var read = time.Reads;

        Pick(route, 1000);

        time.Reads.ShouldBe(read);
    }

    private static void Pick(ServiceRoute route, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var attempts = default(RequestAttempts);
            route.Pick(ref attempts, default).Lease.Release();
        }
    }

    private static EndpointPicker PickerOf(TestMesh mesh) => mesh.Route.Table.Tiers[0].Picker;

    // Four standard deviations of independent draws.
    private static double Bound(double share) => 4 * Math.Sqrt(share * (1 - share) / Picks);

    private static double ShareOf(TestMesh mesh, string address) => mesh.Count(Picks).GetValueOrDefault(address) / (double)Picks;

    private static Pod[] Pods(int count, int lastWeight = 1) => [.. Enumerable.Range(1, count).Select(i => new Pod($"10.0.0.{i}", Weight: i == count ? lastWeight : 1))];

    private static TestMesh World(string algorithm, int count, TimeSpan? window = null) =>
        new TestMesh().Cluster("alpha").Policy(new ServicePolicy { LoadBalancing = algorithm, SlowStart = window ?? TimeSpan.FromSeconds(30) }).Service(TestMesh.Part("alpha", Pods(count)));

    private static TestMesh WithNewcomer(string algorithm, int newWeight = 1, TimeSpan? window = null)
    {
        var mesh = World(algorithm, 4, window);
        mesh.Pick().Release();
        mesh.Time.Advance(TimeSpan.FromMinutes(2));
        mesh.Service(TestMesh.Part("alpha", Pods(5, newWeight)));
        mesh.Route.Table.ShouldNotBeNull();
        return mesh;
    }

    private sealed class CountingTime : TimeProvider
    {
        public long Now { get; set; }

        public int Reads { get; private set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp()
        {
            Reads++;
            return Now;
        }
    }
}
