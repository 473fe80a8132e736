namespace Mesh;

/// <summary>Makes API servers of one kind.</summary>
public interface IClusterProvider
{
    /// <summary>Short name for tables and traits: <c>simulated</c>, <c>real 1.37</c>.</summary>
    string Name { get; }

    /// <summary>Why this machine cannot run it, with what to do about it; <see langword="null"/> where it can.</summary>
    string? UnavailableReason { get; }

    /// <summary>Makes a server for the cluster of this name and starts it.</summary>
    /// <exception cref="InvalidOperationException">The provider is not available here; the message is <see cref="UnavailableReason"/>.</exception>
    Task<IKubernetesServer> StartAsync(string cluster, CancellationToken cancellationToken = default);
}
