namespace Mesh.Connection;

/// <summary>Where a connector gets its connection from.</summary>
internal interface IConnectionSource
{
    /// <summary>Whether the process runs in the cluster it leads to.</summary>
    bool IsOwn { get; }

    /// <summary>Whether opening it again may yield other credentials.</summary>
    bool CanRenew { get; }

    /// <summary>Whether the configuration is another than at the last opening. Reads files.</summary>
    bool HasChanged();

    /// <summary>Calls back when the configuration may have changed, until disposed: a hint, which may come too often, or not at all.</summary>
    IDisposable? Notify(Action changed);

    /// <summary>Reads the configuration and makes a client. Ends by itself: what it waits for has a time limit. One at a time.</summary>
    /// <exception cref="KubeconfigException">It cannot be used.</exception>
    Task<ApiClient> OpenAsync(CancellationToken cancellationToken);
}
