using System.Net;
using Mesh.Backends;
using Mesh.Spill;
using Mesh.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace Mesh.Requests;

/// <summary>What nobody can carry is answered at once, and nobody is asked.</summary>
public class ShedTests
{
    [Fact]
    public async Task Send_RequestIsShed_IsAnswered503WithRetryAfterAndCounted()
    {
        await using var near = await Backend.SayingAsync("a body");
        await using var mesh = await NearAndFar.StartAsync(near, null);
        mesh.Services.GetRequiredService<MeshRouter>().Context.NewSpillRule = static () => new ShedAll();
        using var failures = Instrument.Of<long>(mesh, "mesh.client.failures");

        using var refused = await mesh.Client().GetAsync("http://orders.sales/", Stop);

        refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        (await refused.Content.ReadAsStringAsync(Stop)).ShouldStartWith("The clusters of service orders.sales cannot carry all of its requests: 100 % are answered at once");
        near.Count.ShouldBe(0);
        failures.GetMeasurementSnapshot().Select(static m => $"{m.Tags["mesh.service"]} {m.Tags["mesh.reason"]}").ShouldBe(["orders.sales shed"]);
    }

    private sealed class ShedAll : ISpillRule
    {
        public TierShares Split(SpillTier[] tiers, double now) => new(new double[tiers.Length], shed: 1);
    }
}
