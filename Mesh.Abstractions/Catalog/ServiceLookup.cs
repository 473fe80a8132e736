namespace Mesh;

/// <summary>The answer to looking a service up.</summary>
/// <param name="Status">Whether it is known.</param>
/// <param name="Cell">Its cell, also where it is pending or absent: it fills when the service comes.</param>
public readonly record struct ServiceLookup(ServiceLookupStatus Status, ServiceCell Cell);
