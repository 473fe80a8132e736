using System.Net;
using System.Net.Sockets;
using k8s;
using Mesh.Processes;

namespace Mesh.RealServers;

[Collection(RealServersGroup.Name)]
public sealed class RealServerLifeTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("1.37")]
    [InlineData("1.30")]
    public async Task StopAndStart_SameAddressSameObjectsSameIdentities(string version)
    {
        await using var server = await RealServers.Require(version).StartAsync("alpha", Cancelled);
        var address = server.Address;
        using var client = server.Client();
        var ns = await client.NewNamespaceAsync();
        var made = await client.CreateConfigMapAsync(ns, "kept");
        var etcd = server.Processes["etcd"];
        using var watch = await client.HttpClient.GetStreamAsync(new Uri(address, $"api/v1/namespaces/{ns}/configmaps?watch=1"), Cancelled);

        await server.StopAsync(Cancelled);

        await ShouldEndAsync(watch);
        server.Processes.ShouldBe(new Dictionary<string, int> { ["etcd"] = etcd });
        (await Should.ThrowAsync<SocketException>(() => DialAsync(address))).SocketErrorCode.ShouldBe(SocketError.ConnectionRefused);
        await server.StopAsync(Cancelled);

        await server.StartAsync(Cancelled);

        server.Address.ShouldBe(address);
        using var again = server.Client();
        var read = await again.ReadNamespacedConfigMapAsync("kept", ns, cancellationToken: Cancelled);
        read.Metadata.Uid.ShouldBe(made.Metadata.Uid);
        read.Metadata.ResourceVersion.ShouldBe(made.Metadata.ResourceVersion);
        await server.StartAsync(Cancelled);
        (await client.TryReadConfigMapAsync(ns, "kept")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Dispose_WhileAClientWatches_LeavesNoProcessAndNoFolder()
    {
        var server = await RealServers.Require("1.37").StartAsync("alpha", Cancelled);
        using var client = server.Client();
        using var watch = await client.HttpClient.GetStreamAsync(new Uri(server.Address, "api/v1/namespaces?watch=1"), Cancelled);
        var processes = server.Processes.Values.ToArray();
        processes.Length.ShouldBeGreaterThanOrEqualTo(2);

        await server.DisposeAsync();

        processes.Where(ChildHost.IsRunning).ShouldBeEmpty();
        Directory.Exists(server.Folder).ShouldBeFalse();
        await ShouldEndAsync(watch);
        await Should.ThrowAsync<ObjectDisposedException>(() => server.StartAsync(Cancelled));
        await server.DisposeAsync();
    }

    [Fact]
    public async Task ApiServer_WithAWrongArgument_FailsWithLogAndCommandLineAndLeavesNoEtcd()
    {
        var provider = RealServers.Require("1.37").With(new RealClusterOptions { ApiServerArguments = ["--no-such-flag=1"] });

        var e = await Should.ThrowAsync<ServerStartException>(() => provider.StartAsync("alpha", Cancelled));

        e.Message.ShouldContain("cluster 'alpha'");
        e.Message.ShouldContain("unknown flag: --no-such-flag");
        e.Message.ShouldContain("--etcd-servers=http://127.0.0.1:");
    }

    [Fact]
    public async Task AuditLog_AskedFor_TellsWhoDidWhat()
    {
        var provider = RealServers.Require("1.37").With(new RealClusterOptions { AuditLog = true, ControllerManager = false });
        await using var server = await provider.StartAsync("alpha", Cancelled);
        using var client = server.Client("auditee");

        (await client.TryReadConfigMapAsync("default", "secret-plans")).ShouldBe(HttpStatusCode.Forbidden);

        var lines = await ServerClient.UntilAsync(() => File.ReadAllLinesAsync(server.AuditLogPath!, Cancelled), all => all.Any(l => l.Contains("secret-plans", StringComparison.Ordinal)));
        var line = lines.Single(l => l.Contains("secret-plans", StringComparison.Ordinal));
        line.ShouldContain("\"username\":\"auditee\"");
        line.ShouldContain("\"verb\":\"get\"");
        server.Capabilities.HasFlag(KubernetesServerCapabilities.EndpointSliceController).ShouldBeFalse();
    }

    internal static async Task ShouldEndAsync(Stream stream)
    {
        var buffer = new byte[4096];
        try
        {
            while (await stream.ReadAsync(buffer, Cancelled).AsTask().WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, Cancelled) > 0)
            {
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            // Broken is as good an end as any.
        }
    }

    internal static async Task DialAsync(Uri address)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, address.Port, Cancelled);
    }
}
