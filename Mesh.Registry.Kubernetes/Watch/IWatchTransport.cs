namespace Mesh.Watch;

/// <summary>The seam between the watch engine and a server.</summary>
internal interface IWatchTransport
{
    /// <summary>Sends a GET and returns when the headers are in, whatever the status.</summary>
    /// <param name="pathAndQuery">Under the server's address, no leading slash.</param>
    /// <param name="accept">The <c>Accept</c> header.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="WatchTransportException">There was no answer.</exception>
    Task<TransportResponse> GetAsync(string pathAndQuery, string accept, CancellationToken cancellationToken);

    /// <summary>Reads the credentials again. Callers that saw the same refusal share one reading.</summary>
    /// <param name="refused">The answer with the refusal.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <exception cref="WatchTransportException">They cannot be read; the old ones stay in use.</exception>
    Task RenewCredentialsAsync(TransportResponse refused, CancellationToken cancellationToken);
}
