namespace Mesh;

/// <summary>Brings services into the catalog: a cluster's API server, a file, another registry. Implement it to add your own.</summary>
public interface ICatalogSource
{
    /// <summary>Its name, unique in the mesh, for explain and logs: <c>kubernetes/alpha</c>, <c>file:legacy.json</c>.</summary>
    string Name { get; }

    /// <summary>Whether it brings only services that somebody is interested in (<see cref="ICatalogSink.Interest"/>) instead of everything.</summary>
    bool IsOnDemand => false;

    /// <summary>
    /// Brings changes until cancelled. Deals with its own faults: it reports them (<see cref="ICatalogSink.ReportFailure"/>) and goes on. Should it throw
    /// or return all the same, it is started again after a backoff, and what it brought stays.
    /// </summary>
    Task RunAsync(ICatalogSink sink, CancellationToken cancellationToken);
}
