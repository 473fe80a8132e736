namespace Mesh;

/// <summary>How one try of a request went.</summary>
public enum AttemptResult
{
    /// <summary>The endpoint answered, whatever the answer says of the request (404 is a success).</summary>
    Success,

    /// <summary>
    /// No connection was made: nothing was sent. Where several requests wait for one connection, its failure is told once, by <see cref="ConnectAttempt.Failed"/>, and the requests'
    /// results are <see cref="Cancelled"/>.
    /// </summary>
    ConnectFailed,

    /// <summary>Gateway-class failure after it was sent: a reset, 502, 503, 504, gRPC UNAVAILABLE, the try's time limit.</summary>
    Failed,

    /// <summary>429 or gRPC RESOURCE_EXHAUSTED: the endpoint is avoided for a while, not ejected.</summary>
    Overloaded,

    /// <summary>
    /// A gateway answered that what is behind it failed (<c>mesh-origin: upstream</c>): the gateway is well, and the service's backends in its cluster are counted apart from it. For
    /// endpoints whose <see cref="EndpointState.Reach"/> is <see cref="Reach.Gateway"/>; of others it counts as <see cref="Failed"/>.
    /// </summary>
    UpstreamFailed,

    /// <summary>
    /// Nothing was learnt of the endpoint, for whatever reason: the caller gave up, another try's answer was taken, the request's own body failed, or the failure is told elsewhere. Neither a success nor a failure: it
    /// breaks no row of failures and costs the endpoint nothing; if the try was the probe of an ejected endpoint, another request may be.
    /// </summary>
    Cancelled,
}
