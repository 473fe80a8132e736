using System.Globalization;
using System.Security.Cryptography;

namespace Mesh.Soak;

/// <summary>Everything at once, for a while: what one fault at a time does not show.</summary>
public sealed class SoakTests(ITestOutputHelper output)
{
    private const string SecondsVariable = "MESH_SOAK_SECONDS";
    private const string SeedVariable = "MESH_SOAK_SEED";
    private const int LongSeconds = 600;

    [Fact(Timeout = 240_000)]
    public Task World_EveryFaultTwice_NoRequestIsLostOrAnsweredByAnother() => RunAsync(TimeSpan.Zero);

    /// <summary><c>tests/long soak</c> runs it.</summary>
    [Fact(Explicit = true)]
    public Task World_FaultsForMinutes_NoRequestIsLostOrAnsweredByAnotherAndMemoryStays() => RunAsync(TimeSpan.FromSeconds(Setting(SecondsVariable) ?? LongSeconds));

    private async Task RunAsync(TimeSpan length)
    {
        var seed = Setting(SeedVariable) ?? RandomNumberGenerator.GetInt32(int.MaxValue);
        output.WriteLine($"Seed {seed}; {SeedVariable} sets it.");
        var began = TimeProvider.System.GetTimestamp();
        await using var run = await SoakRun.StartAsync(seed);
        (long Bytes, int Endpoints, int Files)? first = null;
        (long Bytes, int Endpoints, int Files) last = default;
        var rounds = 0;
        do
        {
            await run.RideAsync(Enum.GetValues<SoakFault>());
            if (++rounds % 4 == 0)
            {
                await run.SettleAsync();
                last = run.Measure();
                if (rounds >= 8)
                {
                    first ??= last;
                }

                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetElapsedTime(began).TotalSeconds:0} s: {last.Bytes / 1e6:0.0} MB, {last.Endpoints} endpoints, {last.Files} files; {run.Answers.Count} requests"));
            }
        }
        while (rounds < 2 || TimeProvider.System.GetElapsedTime(began) < length);

        await run.SettleAsync();
        output.WriteLine(run.ToString());
        run.Answers.Wrong.ShouldBe(0, run.ToString());
        run.Answers.Lost.ShouldBe(0, run.ToString());
        if (first is { } start)
        {
            // The world itself keeps a little of each pod that was ever in it.
            last.Bytes.ShouldBeLessThan(start.Bytes + (start.Bytes / 5) + 10_000_000);
            last.Endpoints.ShouldBeLessThan((2 * start.Endpoints) + 20);
            last.Files.ShouldBeLessThan((2 * start.Files) + 50);
        }
    }

    private static int? Setting(string name) => int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
