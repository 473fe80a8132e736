using System.Collections.Immutable;
using Mesh.Drafts;

namespace Mesh.Files;

/// <summary>An endpoint while it is read.</summary>
internal sealed class FileEndpoint
{
    public JsonPlace Place { get; init; }

    public EndpointAddress Address { get; set; }

    /// <summary>The port behind the address, as in <c>10.0.0.1:8080</c>.</summary>
    public int? AddressPort { get; set; }

    public int? Port { get; set; }

    public Dictionary<string, int> Ports { get; } = new(StringComparer.Ordinal);

    public string? Cluster { get; set; }

    public JsonPlace ClusterPlace { get; set; }

    public string? Region { get; set; }

    public string? Zone { get; set; }

    public string? Node { get; set; }

    public int Weight { get; set; } = 1;

    public bool? Ready { get; set; }

    public bool? Serving { get; set; }

    public bool? Terminating { get; set; }

    public List<string> ZoneHints { get; } = [];

    public List<string> NodeHints { get; } = [];

    public Dictionary<string, string> Labels { get; } = new(StringComparer.Ordinal);

    public EndpointDraft ToDraft(ClusterDraft cluster) => new(new EndpointDescription(Address)
    {
        // An endpoint without a region or zone of its own is where its cluster is.
        Region = Region ?? cluster.Region,
        Zone = Zone ?? cluster.Zone,
        Node = Node,
        Weight = Weight,
        Conditions = Conditions(),
        ZoneHints = [.. ZoneHints],
        NodeHints = [.. NodeHints],
        Labels = Labels.Count == 0 ? null : Labels.ToImmutableDictionary(StringComparer.Ordinal),
    })
    {
        Port = AddressPort ?? Port,
        Ports = Ports.Count == 0 ? null : Ports,
    };

    // As in an EndpointSlice: unsaid means ready, serving and not terminating; one that terminates is never ready.
    private EndpointConditions Conditions()
    {
        var terminating = Terminating ?? false;
        var ready = (Ready ?? !terminating) && !terminating;
        var serving = Serving ?? Ready ?? true;
        return (ready ? EndpointConditions.Ready : 0) | (serving ? EndpointConditions.Serving : 0) | (terminating ? EndpointConditions.Terminating : 0);
    }
}
