namespace Mesh;

/// <summary>What a backend speaks.</summary>
public enum BackendProtocols
{
    /// <summary>HTTP/1.1 in clear text.</summary>
    Http1,

    /// <summary>HTTP/2 in clear text with prior knowledge (h2c), which is what gRPC uses inside a cluster.</summary>
    Http2,

    /// <summary>TLS; HTTP/2 or HTTP/1.1 as the client and ALPN decide.</summary>
    Tls,
}
