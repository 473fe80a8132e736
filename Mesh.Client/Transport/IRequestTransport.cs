namespace Mesh.Transport;

/// <summary>What carries requests to one endpoint.</summary>
internal interface IRequestTransport : IEndpointTransport
{
    /// <summary>The connections that are ready.</summary>
    ConnectionCount Connections { get; }

    /// <summary>Sends a request. Throws <see cref="ObjectDisposedException"/> where the endpoint is gone: nothing was sent.</summary>
    /// <param name="request">The request.</param>
    /// <param name="left">How long it is waited for; <see cref="Timeout.InfiniteTimeSpan"/> where that is not known.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<HttpResponseMessage> DispatchAsync(HttpRequestMessage request, TimeSpan left, CancellationToken cancellationToken);

    /// <summary>As <see cref="DispatchAsync"/>, for a request that must not run twice: see <see cref="ConnectionPool.DispatchOnceAsync"/>.</summary>
    /// <param name="request">The request.</param>
    /// <param name="left">How long it is waited for.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<HttpResponseMessage> DispatchOnceAsync(HttpRequestMessage request, TimeSpan left, CancellationToken cancellationToken);
}
