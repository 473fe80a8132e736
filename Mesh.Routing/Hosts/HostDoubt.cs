namespace Mesh.Hosts;

/// <summary>What could change a cached answer.</summary>
internal sealed class HostDoubt;
