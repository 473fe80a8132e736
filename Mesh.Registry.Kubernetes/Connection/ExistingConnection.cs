using k8s;

namespace Mesh.Connection;

/// <summary>A client that the application made and owns.</summary>
internal sealed class ExistingConnection(Kubernetes client) : IConnectionSource
{
    public bool IsOwn => false;

    public bool CanRenew => false;

    public bool HasChanged() => false;

    public IDisposable? Notify(Action changed) => null;

    public Task<ApiClient> OpenAsync(CancellationToken cancellationToken) => Task.FromResult(ApiClient.Of(client));
}
