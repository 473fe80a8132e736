using System.Collections;
using System.Globalization;
using Mesh.Sending;

namespace Mesh;

/// <summary>What became of several requests, with questions and assertions. An assertion that does not hold throws and shows who served.</summary>
public sealed class SendResults : IReadOnlyList<SendResult>
{
    private readonly IReadOnlyList<SendResult> _results;

    /// <summary>Gathers results.</summary>
    public SendResults(IReadOnlyList<SendResult> results) => _results = results;

    /// <inheritdoc/>
    public int Count => _results.Count;

    /// <summary>How many were not answered with a 2xx status.</summary>
    public int Failed => _results.Count(result => !result.Succeeded);

    /// <summary>Which clusters served how many, the most first.</summary>
    public IReadOnlyDictionary<string, int> ByCluster => CountBy(by => by.Cluster);

    /// <summary>Which zones served how many, the most first; <c>-</c> where a backend has none.</summary>
    public IReadOnlyDictionary<string, int> ByZone => CountBy(by => by.Zone ?? "-");

    /// <summary>Which nodes (<c>alpha/n1</c>) served how many, the most first.</summary>
    public IReadOnlyDictionary<string, int> ByNode => CountBy(by => $"{by.Cluster}/{by.Node}");

    /// <summary>Which pods (<c>alpha/orders-1</c>) served how many, the most first.</summary>
    public IReadOnlyDictionary<string, int> ByPod => CountBy(by => $"{by.Cluster}/{by.Pod}");

    /// <inheritdoc/>
    public SendResult this[int index] => _results[index];

    /// <summary>The part that this cluster served, 0 to 1; 0 where nothing was sent.</summary>
    public double ShareOf(string cluster) => Count == 0 ? 0 : (double)ByCluster.GetValueOrDefault(cluster) / Count;

    /// <summary>Every request was answered with a 2xx status.</summary>
    /// <exception cref="MeshAssertionException">One was not, or none was sent.</exception>
    public SendResults ShouldAllSucceed() => Require(result => result.Succeeded, "succeed");

    /// <summary>Every request was answered, by this cluster, and where they are given on this node or in this zone.</summary>
    /// <exception cref="MeshAssertionException">One was not, or none was sent.</exception>
    public SendResults ShouldAllBeServedBy(string cluster, string? node = null, string? zone = null) =>
        Require(result => result.Succeeded && Is(result.ServedBy, cluster, node, zone), $"be served by {Place(cluster, node, zone)}");

    /// <summary>Every request was answered, by these clusters, and each of them served at least one.</summary>
    /// <exception cref="MeshAssertionException">It was otherwise.</exception>
    public SendResults ShouldBeServedByAllOf(params string[] clusters)
    {
        Require(result => result.Succeeded && clusters.Contains(result.ServedBy?.Cluster), $"be served by {string.Join(", ", clusters)}");
        var idle = clusters.Where(cluster => !ByCluster.ContainsKey(cluster)).ToList();
        return idle.Count == 0 ? this : throw new MeshAssertionException($"{string.Join(", ", idle)} should have served too, and did not.{Environment.NewLine}{this}");
    }

    /// <summary>No request was answered by this cluster, or where it is given on this node or in this zone.</summary>
    /// <exception cref="MeshAssertionException">One was.</exception>
    public SendResults ShouldNotBeServedBy(string cluster, string? node = null, string? zone = null) =>
        _results.Any(result => Is(result.ServedBy, cluster, node, zone))
            ? throw new MeshAssertionException($"No request should be served by {Place(cluster, node, zone)}.{Environment.NewLine}{this}")
            : this;

    /// <summary>No request was answered with a 2xx status.</summary>
    /// <exception cref="MeshAssertionException">One was, or none was sent.</exception>
    public SendResults ShouldAllFail() => Require(result => !result.Succeeded, "fail");

    /// <summary>A table of who served how many, and of the failures.</summary>
    public override string ToString() => ServedTable.Write(this);

    /// <inheritdoc/>
    public IEnumerator<SendResult> GetEnumerator() => _results.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static bool Is(BackendIdentity? by, string cluster, string? node, string? zone) =>
        by?.Cluster == cluster && (node is null || by.Node == node) && (zone is null || by.Zone == zone);

    private static string Place(string cluster, string? node, string? zone) =>
        cluster + (node is null ? "" : $", node {node}") + (zone is null ? "" : $", zone {zone}");

    private SendResults Require(Func<SendResult, bool> condition, string should)
    {
        if (Count == 0) throw new MeshAssertionException($"Every request should {should}, but none was sent.");
        var others = _results.Count(result => !condition(result));
        return others == 0
            ? this
            : throw new MeshAssertionException(string.Create(
                CultureInfo.InvariantCulture, $"Every request should {should}; {others} of {Count} did not.{Environment.NewLine}{this}"));
    }

    private Dictionary<string, int> CountBy(Func<BackendIdentity, string> key) => _results
        .Where(result => result is { Succeeded: true, ServedBy: not null })
        .CountBy(result => key(result.ServedBy!))
        .OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal)
        .ToDictionary(StringComparer.Ordinal);
}
