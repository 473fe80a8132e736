using System.Globalization;
using System.Security.Cryptography;

namespace Mesh.FaultRuns;

/// <summary>
/// The whole connector on a real API server that is restarted, compacted, cut off and refuses: nothing is lost, nothing comes twice, and no state is shown that never was.
/// </summary>
[Trait("Category", "Real")]
public sealed class FaultRunTests(ITestOutputHelper output)
{
    private const string SecondsVariable = "MESH_FAULT_SECONDS";
    private const string SeedVariable = "MESH_FAULT_SEED";
    private const int LongSeconds = 300;

    // What takes long by itself, or is in another one of them, is left to the long form.
    private static readonly ServerFault[] Short = [ServerFault.Compacted, ServerFault.HalfOpen, ServerFault.RestartedAndRevoked, ServerFault.Reset, ServerFault.Rotated];

    [Fact(Timeout = 240_000)]
    public Task Catalog_FaultsOnceEach_IsAfterEachWhatTheServerHas() => RunAsync(Short, TimeSpan.Zero);

    /// <summary><c>tests/long faults</c> runs it.</summary>
    [Fact(Explicit = true)]
    public Task Catalog_FaultsForMinutes_IsAfterEachWhatTheServerHas() => RunAsync(Enum.GetValues<ServerFault>(), TimeSpan.FromSeconds(Setting(SecondsVariable) ?? LongSeconds));

    private async Task RunAsync(ServerFault[] faults, TimeSpan length)
    {
        var provider = RealClusterProvider.ForVersion("1.37").With(new RealClusterOptions { ControllerManager = false });
        if (provider.UnavailableReason is { } reason) Assert.Skip(reason);
        var seed = Setting(SeedVariable) ?? RandomNumberGenerator.GetInt32(int.MaxValue);
        output.WriteLine($"Seed {seed}; {SeedVariable} sets it.");
        var began = TimeProvider.System.GetTimestamp();
        await using var run = await FaultRun.StartAsync(provider, seed);
        var rounds = 0;
        do
        {
            output.WriteLine($"Round {++rounds}, after {TimeProvider.System.GetElapsedTime(began).TotalSeconds:0} s");
            await run.RideAsync(faults, output.WriteLine);
        }
        while (TimeProvider.System.GetElapsedTime(began) < length);
        output.WriteLine(run.Check());
    }

    private static int? Setting(string name) => int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
