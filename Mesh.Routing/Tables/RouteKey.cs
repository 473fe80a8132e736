namespace Mesh.Tables;

/// <summary>What a route of a service is asked for with.</summary>
internal readonly record struct RouteKey(PortSelector Port, ServiceView View, ServicePolicy? ClientPolicy);
