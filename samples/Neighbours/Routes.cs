using Yarp.ReverseProxy.Configuration;

namespace Neighbours;

/// <summary>The proxy's configuration: every path goes to the service.</summary>
internal static class Routes
{
    public static RouteConfig[] All { get; } = [new() { RouteId = "orders", ClusterId = "orders", Match = new RouteMatch { Path = "{**rest}" } }];

    public static ClusterConfig[] Clusters { get; } =
    [
        new() { ClusterId = "orders", Destinations = new Dictionary<string, DestinationConfig> { ["orders"] = new() { Address = "http://orders.sales", Host = "orders.sales" } } },
    ];
}
