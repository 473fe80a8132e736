using System.Diagnostics.CodeAnalysis;

namespace Mesh;

/// <summary>One connection to an endpoint being made, for any number of requests. Begun by <see cref="EndpointState.BeginConnect"/>.</summary>
[SuppressMessage("Performance", "CA1815", Justification = "Never compared.")]
public readonly struct ConnectAttempt
{
    private readonly EndpointState _endpoint;
    private readonly long _generation;

    internal ConnectAttempt(EndpointState endpoint, long generation)
    {
        _endpoint = endpoint;
        _generation = generation;
    }

    /// <summary>It failed: counts as one <see cref="AttemptResult.ConnectFailed"/>. Not where it was given up, since that says nothing of the endpoint. At most once.</summary>
    public void Failed() => _endpoint.Report(_generation, new AttemptOutcome(AttemptResult.ConnectFailed));
}
