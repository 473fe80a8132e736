namespace Mesh;

/// <summary>
/// What carries requests to one endpoint and lives as long as the endpoint does (an HTTP connection pool). <see cref="IDisposable.Dispose"/> is called once, when the
/// endpoint retires: what is under way finishes, what is sent afterwards fails and is picked again.
/// </summary>
public interface IEndpointTransport : IDisposable
{
    /// <summary>The endpoint was ejected: requests that still wait for a connection should be cancelled and picked again. Must not block or throw.</summary>
    void OnEjected();
}
