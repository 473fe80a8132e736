namespace Mesh.Probing;

/// <summary>What carries the probes of one endpoint.</summary>
internal interface IProbeTransport : IEndpointTransport
{
    /// <summary>The question.</summary>
    /// <param name="path">The path; <see langword="null"/> of a gateway.</param>
    HttpRequestMessage CreateRequest(string? path);

    Task<HttpResponseMessage> SendProbeAsync(HttpRequestMessage request, CancellationToken cancellationToken);
}
