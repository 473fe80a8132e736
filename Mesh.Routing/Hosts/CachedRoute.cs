namespace Mesh.Hosts;

/// <summary>A route kept with a match; equal policies share a route, but are told apart here by reference.</summary>
internal readonly record struct CachedRoute(ServicePolicy? ClientPolicy, ServiceRoute Route);
