namespace Mesh.Servers;

/// <summary>One real API server for the tests of a class, one after the other; each leaves it as it was.</summary>
public abstract class RealServer : IAsyncDisposable
{
    private readonly RealClusterProvider _provider;
    private RealKubernetesServer? _server;

    private protected RealServer(string version, bool auditLog = false) =>
        _provider = RealClusterProvider.ForVersion(version).With(new RealClusterOptions { ControllerManager = false, AuditLog = auditLog });

    internal async Task<TestCluster> TakeAsync()
    {
        if (_provider.UnavailableReason is { } reason) Assert.Skip(reason);
        _server ??= await _provider.StartAsync("alpha", TestContext.Current.CancellationToken);
        return await TestCluster.ShareAsync(_server);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
