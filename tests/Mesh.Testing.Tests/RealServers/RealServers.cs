using System.Collections.Concurrent;

namespace Mesh.RealServers;

/// <summary>One running server per version, shared by the tests that leave it as it is.</summary>
public sealed class RealServers : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, Lazy<Task<RealKubernetesServer>>> _servers = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>The server of this version; skips the test where there is none.</summary>
    public async Task<RealKubernetesServer> GetAsync(string version)
    {
        var provider = Require(version);
        return await _servers.GetOrAdd(version, _ => new Lazy<Task<RealKubernetesServer>>(
            () => provider.StartAsync("shared-" + version, CancellationToken.None))).Value;
    }

    public static RealClusterProvider Require(string version)
    {
        var provider = RealClusterProvider.ForVersion(version);
        Assert.SkipUnless(provider.UnavailableReason is null, provider.UnavailableReason ?? "");
        return provider;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers.Values) await (await server.Value).DisposeAsync();
    }
}
