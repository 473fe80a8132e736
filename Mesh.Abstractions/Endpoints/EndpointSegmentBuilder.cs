using System.Collections.Immutable;
using Mesh.Endpoints;

namespace Mesh;

/// <summary>
/// Packs endpoints into an <see cref="EndpointSegment"/>. Checks each as it is added; mutable and for one thread, its
/// product is immutable. Pass interned strings where many slices name the same nodes and zones.
/// </summary>
/// <param name="cluster">The cluster they run in.</param>
/// <param name="slice">The slice's name, unique within (source, cluster, service).</param>
/// <param name="ports">The ports that each of them has.</param>
/// <param name="capacity">How many endpoints are expected, where it is known: no room is then made twice. Default: 0.</param>
public sealed class EndpointSegmentBuilder(ClusterId cluster, string slice, ImmutableArray<EndpointPort> ports, int capacity = 0)
{
    /// <summary>The greatest weight of one endpoint.</summary>
    public const int MaxWeight = 1_000_000;

    private readonly List<EndpointDescription> _endpoints = new(capacity);
    private readonly Dictionary<EndpointAddress, int> _places = new(capacity);

    /// <summary>How many there are.</summary>
    public int Count => _endpoints.Count;

    /// <summary>Adds an endpoint. An address that is already there is the same endpoint: the one that is ready stays, else the first.</summary>
    /// <exception cref="ArgumentException">It has no address, or its weight is not in 0 … <see cref="MaxWeight"/>.</exception>
    public EndpointSegmentBuilder Add(in EndpointDescription endpoint)
    {
        if (endpoint.Address.Kind == EndpointAddressKind.None)
        {
            throw new ArgumentException($"An endpoint of slice '{DnsLabel.Printable(slice)}' has no address.", nameof(endpoint));
        }

        if (endpoint.Weight is < 0 or > MaxWeight)
        {
            throw new ArgumentException($"Endpoint {endpoint.Address} has weight {endpoint.Weight}; it must be 0 to {MaxWeight}.", nameof(endpoint));
        }

        if (_places.TryAdd(endpoint.Address, _endpoints.Count))
        {
            _endpoints.Add(endpoint);
            return this;
        }

        var place = _places[endpoint.Address];
        if (Preference(endpoint.Conditions) > Preference(_endpoints[place].Conditions))
        {
            _endpoints[place] = endpoint;
        }

        return this;
    }

    /// <summary>The packed endpoints, in the order they were added.</summary>
    public EndpointSegment Build()
    {
        var names = new SegmentNames();
        var packed = new PackedEndpoint[_endpoints.Count];
        var addresses = new OtherAddresses();
        for (var i = 0; i < packed.Length; i++)
        {
            var e = _endpoints[i];
            packed[i] = new PackedEndpoint(
                e.Address.Kind,
                addresses.Add(e.Address),
                names.IndexOf(e.Region),
                names.IndexOf(e.Zone),
                names.IndexOf(e.Node),
                e.Conditions);
        }

        return new EndpointSegment(
            cluster,
            slice,
            ports.IsDefault ? [] : ports,
            packed,
            names.ToArray(),
            addresses,
            Column(static e => e.TargetUid is not null, static e => e.TargetUid ?? Guid.Empty),
            Column(static e => e.Weight != 1, static e => e.Weight),
            Column<EndpointExtras?>(HasExtras, static e => HasExtras(e) ? new EndpointExtras(e.ZoneHints, e.NodeHints, e.Labels) : null));
    }

    // Ready before serving before neither.
    private static int Preference(EndpointConditions conditions) => (int)(conditions & EndpointConditions.Ready) * 4 + (int)(conditions & EndpointConditions.Serving);

    private static bool HasExtras(EndpointDescription e) => !e.ZoneHints.IsDefaultOrEmpty || !e.NodeHints.IsDefaultOrEmpty || e.Labels is { Count: > 0 };

    // A column that no endpoint needs costs nothing.
    private T[]? Column<T>(Predicate<EndpointDescription> needs, Converter<EndpointDescription, T> value) =>
        _endpoints.Exists(needs) ? _endpoints.ConvertAll(value).ToArray() : null;
}
