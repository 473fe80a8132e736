namespace Mesh.Catalog;

/// <summary>What one cluster can have and another cannot at the same time: an address and port inside a network.</summary>
internal readonly record struct AddressClaim(string Network, EndpointAddress Address, int Port);
