using System.Diagnostics.CodeAnalysis;

namespace Mesh;

/// <summary>
/// One try at an endpoint, from the pick to its end. It knows what the endpoint's health was when it was picked: an outcome that comes after an ejection, a probe or a return that the
/// try was older than says nothing of them.
/// </summary>
[SuppressMessage("Performance", "CA1815", Justification = "Never compared.")]
public readonly struct EndpointLease
{
    private readonly long _generation;

    internal EndpointLease(EndpointState endpoint, long generation)
    {
        Endpoint = endpoint;
        _generation = generation;
    }

    /// <summary>The endpoint. Only the lease of a pick that has one may be used.</summary>
    public EndpointState Endpoint { get; }

    /// <summary>
    /// Says that the endpoint has begun to answer, where how the try went is known later only (a gRPC call's headers, hours before its trailers): it can be reached, so breakers close, and
    /// if the try was a probe, the endpoint is back. At most once, before <see cref="Report"/>, which is then given no latency.
    /// </summary>
    /// <param name="latency">The time from sending to the response headers.</param>
    public void Answered(TimeSpan latency) => Endpoint.Answered(_generation, latency);

    /// <summary>
    /// Says how the try went: once per pick, as soon as it is known (response headers; trailers for gRPC). A success may be taken back by a second report, of
    /// <see cref="AttemptResult.Failed"/> with <see cref="AttemptOutcome.TakesBack"/>, where the body breaks off: then it ends no row of failures.
    /// </summary>
    /// <param name="outcome">How it went.</param>
    public void Report(in AttemptOutcome outcome) => Endpoint.Report(_generation, outcome);

    /// <summary>Hands on what the endpoint says of its own load, with its answer or after it.</summary>
    /// <param name="report">What it says.</param>
    public void ReportLoad(in LoadReport report) => Endpoint.ReportLoad(report);

    /// <summary>
    /// Ends what the pick began: one request less in flight. Once per pick, when the body has ended or the try failed. A lease does not know whether it was released: a second call takes another's request off the
    /// count, which is one too low until the endpoint has nothing under way.
    /// </summary>
    public void Release() => Endpoint.Release(_generation);
}
