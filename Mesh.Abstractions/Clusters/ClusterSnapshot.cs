namespace Mesh;

/// <summary>What one source knows of one cluster. Immutable.</summary>
/// <param name="Cluster">The cluster.</param>
public sealed record ClusterSnapshot(ClusterId Cluster)
{
    /// <summary>Its region where endpoints do not say, or <see langword="null"/>.</summary>
    public string? Region { get; init; }

    /// <summary>Its zone where endpoints do not say, or <see langword="null"/>.</summary>
    public string? Zone { get; init; }

    /// <summary>Flomesh's group of clusters. Default <c>default</c>.</summary>
    public string Group { get; init; } = ClusterKey.DefaultGroup;

    /// <summary>
    /// The network its pods are in: callers of the same network dial them directly. <see langword="null"/> = a network of its own,
    /// reached through its gateway only.
    /// </summary>
    public string? Network { get; init; }

    /// <summary>Whether its addresses are the operator's own word and dialled from anywhere (file and memory sources that name no network).</summary>
    public bool IsDirect { get; init; }

    /// <summary>Whether the process runs in it (read with in-cluster credentials).</summary>
    public bool IsOwn { get; init; }

    /// <summary>
    /// Where the Node is that this process says it runs on, as the own cluster describes it; <see langword="null"/> where the process does not say, the Node is not seen, or
    /// the cluster is another.
    /// </summary>
    public Locality? OwnNode { get; init; }

    /// <summary>The addresses that its pods can have: endpoints outside are left out. <see langword="null"/> (the default) = any.</summary>
    public AddressRanges? PodCidrs { get; init; }

    /// <summary>Its gateway, or <see langword="null"/>.</summary>
    public GatewayAddress? Gateway { get; init; }

    /// <summary>
    /// The part of its share that goes elsewhere, in percent, 0 to 100. Default: 0. 100: nothing new goes there while anything else can serve. Where several sources describe the cluster, the
    /// largest holds, whoever brings its endpoints.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not 0 to 100.</exception>
    public int Drain
    {
        get;
        init => field = value is >= 0 and <= 100 ? value : throw new ArgumentOutOfRangeException(nameof(Drain), value, $"The drain of cluster '{Cluster}' is a percentage: use 0 to 100.");
    }

    /// <summary>How well it is known.</summary>
    public ClusterFreshness Freshness { get; init; }

    /// <summary>Since when it has been <see cref="Freshness"/>.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>Why it is not live (the last error, naming what to do), or <see langword="null"/>.</summary>
    public string? Detail { get; init; }

    /// <summary>
    /// Why the connection that its changed configuration makes, or its renewed credentials, is not taken while the one in use works, naming what to do; <see langword="null"/> where there is no such
    /// connection. It is tried again, and until then the cluster is as well known as <see cref="Freshness"/> says.
    /// </summary>
    public string? RenewalFailure { get; init; }

    /// <summary>Who it is: the uid of its <c>kube-system</c> namespace; <see langword="null"/> where unknown.</summary>
    public string? Uid { get; init; }

    /// <summary>The platform's version, such as <c>v1.37.2</c>; <see langword="null"/> where unknown.</summary>
    public string? Version { get; init; }
}
