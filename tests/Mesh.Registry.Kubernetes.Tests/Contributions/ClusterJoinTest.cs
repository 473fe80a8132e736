using System.Collections.Immutable;
using Mesh.Connector;
using Mesh.Decoding;

namespace Mesh.Contributions;

/// <summary>The join of a cluster by itself: what is listed and changed goes in, what the catalog is told comes out.</summary>
public abstract class ClusterJoinTest
{
    private protected ClusterJoinTest()
    {
        Join = new ClusterJoin("kubernetes/alpha", new ClusterId("alpha"), Sink, new ServiceFilter([]), "home", null, ExportMode.All, static _ => { });
        Services = Join.AddServices();
        Slices = Join.AddSlices();
        Nodes = Join.AddNodes((_, _) => { });
    }

    private protected RecordingSink Sink { get; } = new();

    private protected ClusterJoin Join { get; }

    private protected WatchedSet<ServiceObject, ServiceObject> Services { get; }

    private protected WatchedSet<SliceObject, SliceEntry> Slices { get; }

    private protected WatchedSet<NodeObject, NodeObject> Nodes { get; }

    private protected void Open(ServiceObject[] services, SliceObject[] slices)
    {
        List(Nodes);
        List(Services, services);
        List(Slices, slices);
    }

    private protected static void List<T, TKept>(WatchedSet<T, TKept> set, params T[] items)
        where TKept : class
    {
        set.Init();
        foreach (var item in items) set.InitApply(item);
        set.InitDone();
        set.Flush(0);
    }

    private protected static void Apply<T, TKept>(WatchedSet<T, TKept> set, T item)
        where TKept : class
    {
        set.Apply(item);
        set.Flush(0);
    }

    private protected static void Delete<T, TKept>(WatchedSet<T, TKept> set, T item)
        where TKept : class
    {
        set.Delete(item);
        set.Flush(0);
    }

    private protected static ServiceObject Service(string name) => new("sales", name, "1") { Ports = [new ServicePort("http", 80)] };

    private protected static SliceObject Slice(string service, string name, params string[] addresses) => Slice(service, name, SliceAddressType.IPv4, addresses);

    private protected static SliceObject Slice(string service, string name, string address, EndpointPort port) =>
        new("sales", name, "1") { ServiceName = service, AddressType = SliceAddressType.IPv4, Ports = [port], Endpoints = Endpoints([address]) };

    private protected static SliceObject Slice(string service, string name, string address, bool imported) =>
        new("sales", name, "1") { ServiceName = service, IsImported = imported, AddressType = SliceAddressType.IPv4, Ports = Ports, Endpoints = Endpoints([address]) };

    private protected static SliceObject Slice(string service, string name, SliceAddressType type, params string[] addresses) =>
        new("sales", name, "1") { ServiceName = service, AddressType = type, Ports = Ports, Endpoints = Endpoints(addresses) };

    private protected static ImmutableArray<EndpointPort> Ports { get; } = [new EndpointPort("http", 8080)];

    private protected static List<SliceEndpoint> Endpoints(string[] addresses) => addresses.Select(static a => new SliceEndpoint
    {
        Address = EndpointAddress.TryParse(a, out var address) ? address : default,
        Malformed = EndpointAddress.TryParse(a, out _) ? null : a,
        Conditions = EndpointConditions.Ready | EndpointConditions.Serving,
        Node = "n1",
        ZoneHints = [],
        NodeHints = [],
    }).ToList();
}
