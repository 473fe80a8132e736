using System.Diagnostics;
using System.Globalization;
using Mesh.Hashing;

namespace Mesh.Benchmarks.P1;

/// <summary>What the tables of hashing cost to make. They are made once for a tier's members, by the first request that needs one.</summary>
internal static class TableCost
{
    private const int Rounds = 21;

    public static string Describe(CancellationToken cancellationToken)
    {
        var costs = new List<string>();
        foreach (var size in (int[])[10, 1000, 10_000])
        {
            cancellationToken.ThrowIfCancellationRequested();
            HashMember[] members = [.. Enumerable.Range(0, size).Select(static i => new HashMember(string.Create(CultureInfo.InvariantCulture, $"10.0.{i >> 8}.{i & 255}:8080"), 1, i))];
            costs.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"of {size:N0} endpoints a ring of {HashRing.Build(members).Length:N0} places takes {Median(() => HashRing.Build(members)):0.00} ms, Maglev's table {Median(() => MaglevTable.Build(members)):0.0} ms"));
        }

        return $"Hashing's tables, once for the members of a tier and not when their health changes: {string.Join("; ", costs)}.";
    }

    private static double Median(Func<HashTable> build)
    {
        var times = new double[Rounds];
        for (var i = 0; i < Rounds; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            GC.KeepAlive(build());
            times[i] = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        }

        Array.Sort(times);
        return times[Rounds / 2];
    }
}
