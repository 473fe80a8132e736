namespace Mesh.Benchmarks.P6;

/// <summary>Somebody who follows the slices of a cluster.</summary>
internal interface ISliceWatch : IAsyncDisposable
{
    /// <summary>Loads what there is and follows it from then on.</summary>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>A task that ends when the endpoint at this address of the service is seen; to be asked for before it is written.</summary>
    Task<long> WhenSeen(int service, EndpointAddress address);
}
