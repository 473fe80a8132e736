namespace Mesh.Files;

/// <summary>A cluster while it is read.</summary>
internal sealed class ClusterDraft
{
    public string? Region { get; set; }

    public string? Zone { get; set; }

    public string Group { get; set; } = ClusterKey.DefaultGroup;

    public string? Network { get; set; }

    public GatewayDraft? Gateway { get; set; }

    public int Drain { get; set; }

    public AddressRanges? PodCidrs { get; set; }

    /// <summary>Where the ranges stand, for errors.</summary>
    public JsonPlace PodCidrsPlace { get; set; }

    public ClusterSnapshot Build(string name, DateTimeOffset now) => new(new ClusterId(name))
    {
        Region = Region,
        Zone = Zone,
        Group = Group,
        Network = Network,

        // The operator's own word: dialled from anywhere, unless the file says which network it takes.
        IsDirect = Network is null,
        Gateway = Gateway is null ? null : new GatewayAddress([.. Gateway.Hosts], Gateway.Port),
        Drain = Drain,
        PodCidrs = PodCidrs,
        Freshness = ClusterFreshness.Live,
        Since = now,
    };
}
