namespace Mesh;

/// <summary>
/// What the platform says of an endpoint (EndpointSlice <c>conditions</c>). A source fills in Kubernetes' defaults: nil
/// <c>ready</c> and nil <c>serving</c> mean true, nil <c>terminating</c> means false.
/// </summary>
[Flags]
public enum EndpointConditions : byte
{
    /// <summary>None: neither ready nor serving. Never used.</summary>
    None = 0,

    /// <summary>May take new requests.</summary>
    Ready = 1,

    /// <summary>Answers, though it may be on its way out.</summary>
    Serving = 2,

    /// <summary>Is shutting down.</summary>
    Terminating = 4,
}
