namespace Mesh;

/// <summary>Asks endpoints whether they are well, beside all requests; given to <see cref="MeshRouter.UseProber"/>. When and whom is the router's to say.</summary>
public interface IEndpointProber
{
    /// <summary>Asks once: neither a request nor load of the endpoint, over connections of its own, and no failure of it is reported elsewhere.</summary>
    /// <param name="endpoint">Whom.</param>
    /// <param name="path">The path to ask; <see langword="null"/> of a gateway: its own health.</param>
    /// <param name="timeout">How long it may take, the connection included.</param>
    /// <param name="cancellationToken">Ends it, when the time is over at the latest.</param>
    /// <returns><see langword="null"/> where it is well; else why not, in words.</returns>
    Task<string?> ProbeAsync(EndpointState endpoint, string? path, TimeSpan timeout, CancellationToken cancellationToken);
}
