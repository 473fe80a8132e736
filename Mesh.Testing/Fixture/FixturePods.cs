using System.Collections;

namespace Mesh;

/// <summary>Some pods of one cluster, as they were when they were asked for, to be stopped, started, drained or replaced together.</summary>
public sealed class FixturePods : IReadOnlyList<FixturePod>
{
    private readonly FixtureCluster _cluster;
    private readonly IReadOnlyList<FixturePod> _pods;

    internal FixturePods(FixtureCluster cluster, IReadOnlyList<FixturePod> pods)
    {
        _cluster = cluster;
        _pods = pods;
    }

    /// <inheritdoc/>
    public int Count => _pods.Count;

    /// <summary>How many requests they have answered so far, since each was started last.</summary>
    public long Served => _pods.Sum(pod => pod.Backend.Served);

    /// <inheritdoc/>
    public FixturePod this[int index] => _pods[index];

    /// <summary>Ends them at once, and nobody is told: the slices stay as they are.</summary>
    /// <param name="then">What who dials them meets from now on.</param>
    public Task StopAsync(SilentAddress then = SilentAddress.Refuses) => Task.WhenAll(_pods.Select(pod => pod.StopAsync(then)));

    /// <summary>Starts those that were stopped, at their old addresses.</summary>
    public Task StartAsync(CancellationToken cancellationToken = default) => Task.WhenAll(_pods.Select(pod => pod.StartAsync(cancellationToken)));

    /// <summary>
    /// Takes them away as a rollout does: first out of the slices, then they answer what is in them, then they end. Returns when the slices are written; the pods end when
    /// their last request has, or after ten seconds.
    /// </summary>
    public Task DrainAsync(CancellationToken cancellationToken = default) => _cluster.RemoveAsync(_pods, cancellationToken);

    /// <summary>Replaces each by a new pod of its service on its node, with another name and address. What was stopped is replaced too.</summary>
    /// <returns>The new pods.</returns>
    public Task<FixturePods> ReplaceAsync(CancellationToken cancellationToken = default) => _cluster.ReplaceAsync(_pods, cancellationToken);

    /// <summary>Does something to each, such as <c>pods.ForEach(p =&gt; p.Faults.Hang())</c>.</summary>
    public void ForEach(Action<FixturePod> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        foreach (var pod in _pods) action(pod);
    }

    /// <inheritdoc/>
    public IEnumerator<FixturePod> GetEnumerator() => _pods.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
