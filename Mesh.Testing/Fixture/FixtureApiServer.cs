namespace Mesh;

/// <summary>The API server of a cluster of a <see cref="MeshFixture"/>.</summary>
public sealed class FixtureApiServer
{
    internal FixtureApiServer(IKubernetesServer server) => Server = server;

    /// <summary>The server itself; a simulated one has faults to inject.</summary>
    public IKubernetesServer Server { get; }

    /// <summary>The server as a simulated one.</summary>
    /// <exception cref="InvalidOperationException">It is not simulated.</exception>
    public SimulatedKubernetesServer Simulated =>
        Server as SimulatedKubernetesServer ?? throw new InvalidOperationException($"The API server ({Server.Version}) is not simulated, so it has no faults to inject.");

    /// <summary>Whether it runs.</summary>
    public bool IsRunning { get; private set; } = true;

    /// <summary>Stops it alone: the pods go on.</summary>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        IsRunning = false;
        await Server.StopAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Starts it again, with the objects it had.</summary>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await Server.StartAsync(cancellationToken).ConfigureAwait(false);
        IsRunning = true;
    }
}
