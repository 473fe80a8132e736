namespace Mesh;

/// <summary>The transport protocol of a port. HTTP and gRPC are routed over <see cref="Tcp"/> alone.</summary>
public enum TransportProtocol : byte
{
    /// <summary>TCP.</summary>
    Tcp,

    /// <summary>UDP.</summary>
    Udp,

    /// <summary>SCTP.</summary>
    Sctp,
}
