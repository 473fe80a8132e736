using System.Diagnostics;
using System.Globalization;
using Mesh.Benchmarks.Clusters;

namespace Mesh.Benchmarks.P6;

/// <summary>A process that loads a cluster, writes to it, one write after the other, and measures when it sees each.</summary>
internal static class WritingProcess
{
    public const string Mesh = "mesh";
    public const string Bare = "bare";

    private const int InUse = 50;
    private const int WarmUps = 200;

    /// <param name="arguments">Which, the kubeconfig, how many services there are, how many writes, and the number of the first.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The milliseconds of each write.</returns>
    public static async Task<double[]> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var (services, writes, first) = (Number(arguments[2]), Number(arguments[3]), Number(arguments[4]));
        await using ISliceWatch watch = arguments[0] == Mesh ? new RoutedWatch(arguments[1]) : new BareWatch(arguments[1]);
        using var writer = new ClusterWriter(arguments[1]);
        await watch.StartAsync(cancellationToken);
        var times = new List<double>();
        for (var i = 0; i < WarmUps + writes; i++)
        {
            var service = i % InUse * (services / InUse);
            var generation = first + i;
            var seen = watch.WhenSeen(service, ClusterWriter.AddressOf(service, 0, generation));
            using var content = ClusterWriter.SliceContent(service, generation);
            var began = Stopwatch.GetTimestamp();
            await writer.ReplaceAsync(service, content, cancellationToken);
            var at = await seen.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, cancellationToken);
            if (i >= WarmUps) times.Add(Stopwatch.GetElapsedTime(began, at).TotalMilliseconds);
        }

        return [.. times];
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
