namespace Mesh;

/// <summary>What one try of a request showed of its endpoint.</summary>
/// <param name="Result">How it went.</param>
/// <param name="Latency">
/// The time from sending to the response headers; used where <paramref name="Result"/> is <see cref="AttemptResult.Success"/>, and of a failure it says that the endpoint itself answered so.
/// <see langword="null"/> where it was not measured, or told by <see cref="EndpointLease.Answered"/> already, or nothing was answered.
/// </param>
/// <param name="RetryAfter">What the endpoint asked for (Retry-After, gRPC pushback), or <see langword="null"/>; at most 300 s counts.</param>
public readonly record struct AttemptOutcome(AttemptResult Result, TimeSpan? Latency = null, TimeSpan? RetryAfter = null)
{
    /// <summary>Whether it takes back the success that the same lease reported before: the body broke off. The row of failures that the success ended then goes on. Default: <see langword="false"/>.</summary>
    public bool TakesBack { get; init; }
}
