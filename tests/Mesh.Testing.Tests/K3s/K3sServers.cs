namespace Mesh.K3s;

/// <summary>One running server, shared by the tests that leave it as it is.</summary>
public sealed class K3sServers : IAsyncLifetime
{
    private readonly Lazy<Task<K3sKubernetesServer>> _server = new(() => new K3sClusterProvider().StartAsync("shared-k3s", CancellationToken.None));

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>The server; skips the test where there can be none.</summary>
    public async Task<K3sKubernetesServer> GetAsync()
    {
        Require();
        return await _server.Value;
    }

    /// <summary>A provider that is available; skips the test where there is none.</summary>
    public static K3sClusterProvider Require(K3sClusterOptions? options = null)
    {
        var provider = new K3sClusterProvider(options);
        Assert.SkipUnless(provider.UnavailableReason is null, provider.UnavailableReason ?? "");
        return provider;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated) await (await _server.Value).DisposeAsync();
    }
}
