using System.Net;
using System.Net.Sockets;
using k8s;
using k8s.Models;
using Mesh.RealServers;

namespace Mesh.K3s;

[Collection(K3sGroup.Name)]
public sealed class K3sKubernetesServerTests(K3sServers servers)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Version_IsWhatTheServerReports()
    {
        var server = await servers.GetAsync();
        using var client = server.Client();

        var reported = await client.Version.GetCodeAsync(cancellationToken: Cancelled);

        server.Version.ShouldBe(reported.GitVersion);
        if (new K3sClusterProvider().Name is ['k', '3', 's', ' ', .. var version]) server.Version.ShouldStartWith($"v{version}.");
    }

    [Fact]
    public async Task Capabilities_SayWhatTheServerReallyDoes()
    {
        var server = await servers.GetAsync();
        using var client = server.Client();
        using var watch = await client.HttpClient.GetAsync(
            new Uri(server.Address, "api/v1/namespaces?watch=1&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&timeoutSeconds=1"),
            HttpCompletionOption.ResponseHeadersRead,
            Cancelled);

        server.Capabilities.HasFlag(KubernetesServerCapabilities.WatchList).ShouldBe(watch.IsSuccessStatusCode);
        server.Capabilities.HasFlag(KubernetesServerCapabilities.Rbac).ShouldBeTrue();
        server.Capabilities.HasFlag(KubernetesServerCapabilities.EndpointSliceController).ShouldBeTrue();
        server.Capabilities.HasFlag(KubernetesServerCapabilities.FaultHooks).ShouldBeFalse();
    }

    [Fact]
    public async Task ControlPlaneAlone_IsUnprivilegedAndSeenOnThisMachineOnly()
    {
        var server = await servers.GetAsync();
        using var containers = new Containers();

        var container = (await containers.FindAsync(server.ContainerName))!;

        container.HostConfig!.Privileged.ShouldBeFalse();
        container.Mounts.ShouldNotContain(mount => mount.Destination == "/sys/fs/cgroup");
        container.HostConfig.PortBindings!.SelectMany(binding => binding.Value).ShouldAllBe(binding => binding.HostIP == "127.0.0.1");
        container.Config!.Labels!["mesh.testing.cluster"].ShouldBe("shared-k3s");
        server.Address.Host.ShouldBe("127.0.0.1");
    }

    [Fact]
    public async Task Identity_MayDoOnlyWhatRbacGrants()
    {
        var server = await servers.GetAsync();
        using var admin = server.Client();
        using var reader = server.Client("some-reader");
        using var account = server.Client("system:serviceaccount:some-namespace:some-account");
        var ns = await admin.NewNamespaceAsync();
        await admin.CreateConfigMapAsync(ns, "settings");

        (await reader.TryReadConfigMapAsync(ns, "settings")).ShouldBe(HttpStatusCode.Forbidden);
        (await account.TryReadConfigMapAsync(ns, "settings")).ShouldBe(HttpStatusCode.Forbidden);
        await admin.CreateNamespacedRoleAsync(
            new V1Role
            {
                Metadata = new V1ObjectMeta { Name = "reader" },
                Rules = [new V1PolicyRule { ApiGroups = [""], Resources = ["configmaps"], Verbs = ["get"] }],
            },
            ns,
            cancellationToken: Cancelled);
        await admin.CreateNamespacedRoleBindingAsync(
            new V1RoleBinding
            {
                Metadata = new V1ObjectMeta { Name = "reader" },
                RoleRef = new V1RoleRef { ApiGroup = "rbac.authorization.k8s.io", Kind = "Role", Name = "reader" },
                Subjects =
                [
                    new Rbacv1Subject { ApiGroup = "rbac.authorization.k8s.io", Kind = "User", Name = "some-reader" },
                    new Rbacv1Subject { ApiGroup = "rbac.authorization.k8s.io", Kind = "Group", Name = "system:serviceaccounts:some-namespace" },
                ],
            },
            ns,
            cancellationToken: Cancelled);

        foreach (var user in (Kubernetes[])[reader, account])
        {
            (await ServerClient.UntilAsync(() => user.TryReadConfigMapAsync(ns, "settings"), code => code != HttpStatusCode.Forbidden)).ShouldBe(HttpStatusCode.OK);
            await Should.ThrowAsync<k8s.Autorest.HttpOperationException>(() => user.CreateConfigMapAsync(ns, "other"));
        }
    }

    [Fact]
    public async Task StopAndStart_SameAddressSameObjectsSameIdentities()
    {
        var server = await servers.GetAsync();
        var address = server.Address;
        var kubeconfig = server.GetKubeconfig("keeper");
        using var client = server.Client();
        var ns = await client.NewNamespaceAsync();
        var made = await client.CreateConfigMapAsync(ns, "kept");
        await client.CreateClusterRoleBindingAsync(
            new V1ClusterRoleBinding
            {
                Metadata = new V1ObjectMeta { GenerateName = "keeper-" },
                RoleRef = new V1RoleRef { ApiGroup = "rbac.authorization.k8s.io", Kind = "ClusterRole", Name = "cluster-admin" },
                Subjects = [new Rbacv1Subject { ApiGroup = "rbac.authorization.k8s.io", Kind = "User", Name = "keeper" }],
            },
            cancellationToken: Cancelled);
        using var watch = await client.HttpClient.GetStreamAsync(new Uri(address, $"api/v1/namespaces/{ns}/configmaps?watch=1"), Cancelled);

        await server.StopAsync(Cancelled);

        await RealServerLifeTests.ShouldEndAsync(watch);
        (await Should.ThrowAsync<SocketException>(() => RealServerLifeTests.DialAsync(address))).SocketErrorCode.ShouldBe(SocketError.ConnectionRefused);
        await server.StopAsync(Cancelled);
        server.GetKubeconfig("made-meanwhile").ShouldContain(address.GetLeftPart(UriPartial.Authority));

        await server.StartAsync(Cancelled);

        server.Address.ShouldBe(address);
        server.GetKubeconfig("keeper").ShouldBe(kubeconfig);
        using var keeper = server.Client("keeper");
        var read = await keeper.ReadNamespacedConfigMapAsync("kept", ns, cancellationToken: Cancelled);
        read.Metadata.Uid.ShouldBe(made.Metadata.Uid);
        read.Metadata.ResourceVersion.ShouldBe(made.Metadata.ResourceVersion);
        using var other = server.Client("made-meanwhile");
        (await other.TryReadConfigMapAsync(ns, "kept")).ShouldBe(HttpStatusCode.Forbidden);
        await server.StartAsync(Cancelled);
        (await client.TryReadConfigMapAsync(ns, "kept")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Dispose_WhileAClientWatches_LeavesNoContainer()
    {
        var server = await K3sServers.Require().StartAsync("alpha", Cancelled);
        using var containers = new Containers();
        using var client = server.Client();
        using var watch = await client.HttpClient.GetStreamAsync(new Uri(server.Address, "api/v1/namespaces?watch=1"), Cancelled);
        (await containers.FindAsync(server.ContainerName)).ShouldNotBeNull();

        await server.DisposeAsync();

        (await containers.FindAsync(server.ContainerName)).ShouldBeNull();
        await RealServerLifeTests.ShouldEndAsync(watch);
        await Should.ThrowAsync<ObjectDisposedException>(() => server.StartAsync(Cancelled));
        await server.StopAsync(Cancelled);
        await server.DisposeAsync();
    }
}
