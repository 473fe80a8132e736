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

    /// <summary>The caller gave up, or nothing was learnt for another reason: says nothing of the endpoint.</summary>
    Cancelled,
}
