using System.Net;
using k8s;
using k8s.Models;
using static Mesh.RealServers.ServerClient;

namespace Mesh.RealServers;

[Collection(RealServersGroup.Name)]
public sealed class RealKubernetesServerTests(RealServers servers)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("1.37")]
    [InlineData("1.30")]
    public async Task Version_IsWhatTheServerReports(string version)
    {
        var server = await servers.GetAsync(version);
        using var client = server.Client();

        var reported = await client.Version.GetCodeAsync(cancellationToken: Cancelled);

        reported.GitVersion.ShouldBe(server.Version);
        server.Version.ShouldStartWith("v" + version + ".");
    }

    [Theory]
    [InlineData("1.37", true)]
    [InlineData("1.30", false)]
    public async Task Capabilities_SayWhatTheServerReallyDoes(string version, bool watchList)
    {
        var server = await servers.GetAsync(version);

        server.Capabilities.HasFlag(KubernetesServerCapabilities.WatchList).ShouldBe(watchList);
        server.Capabilities.HasFlag(KubernetesServerCapabilities.Rbac).ShouldBeTrue();
        server.Capabilities.HasFlag(KubernetesServerCapabilities.FaultHooks).ShouldBeFalse();
        server.Capabilities.HasFlag(KubernetesServerCapabilities.EndpointSliceController).ShouldBe(server.Processes.ContainsKey("kube-controller-manager"));
    }

    [Theory]
    [InlineData("1.37")]
    [InlineData("1.30")]
    public async Task Identity_MayDoOnlyWhatRbacGrants(string version)
    {
        var server = await servers.GetAsync(version);
        using var admin = server.Client();
        using var reader = server.Client("some-reader");
        var ns = await admin.NewNamespaceAsync();
        await admin.CreateConfigMapAsync(ns, "settings");

        (await reader.TryReadConfigMapAsync(ns, "settings")).ShouldBe(HttpStatusCode.Forbidden);
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
                Subjects = [new Rbacv1Subject { ApiGroup = "rbac.authorization.k8s.io", Kind = "User", Name = "some-reader" }],
            },
            ns,
            cancellationToken: Cancelled);

        (await UntilAsync(() => reader.TryReadConfigMapAsync(ns, "settings"), code => code != HttpStatusCode.Forbidden)).ShouldBe(HttpStatusCode.OK);
        await Should.ThrowAsync<k8s.Autorest.HttpOperationException>(() => reader.CreateConfigMapAsync(ns, "other"));
    }

    [Theory]
    [InlineData("1.37")]
    [InlineData("1.30")]
    public async Task ControllerManager_MakesEndpointSlicesFromReadyPods(string version)
    {
        var server = await servers.GetAsync(version);
        Assert.SkipUnless(server.Capabilities.HasFlag(KubernetesServerCapabilities.EndpointSliceController), "No kube-controller-manager beside this kube-apiserver.");
        using var client = server.Client();
        const string Ns = "default", Name = "orders";
        var labels = new Dictionary<string, string> { ["app"] = Name };

        // The controller passes over pods of unknown nodes.
        await client.CreateNodeAsync(new V1Node { Metadata = new V1ObjectMeta { Name = "n1" } }, cancellationToken: Cancelled);
        await client.CreateNamespacedServiceAsync(
            new V1Service { Metadata = new V1ObjectMeta { Name = Name }, Spec = new V1ServiceSpec { Selector = labels, Ports = [new V1ServicePort { Port = 80 }] } },
            Ns,
            cancellationToken: Cancelled);
        var pod = await client.CreateNamespacedPodAsync(
            new V1Pod
            {
                Metadata = new V1ObjectMeta { Name = Name, Labels = labels },
                Spec = new V1PodSpec { NodeName = "n1", Containers = [new V1Container { Name = "c", Image = "none" }] },
            },
            Ns,
            cancellationToken: Cancelled);
        pod.Status = new V1PodStatus
        {
            Phase = "Running",
            PodIP = "10.1.2.3",
            PodIPs = [new V1PodIP { Ip = "10.1.2.3" }],
            Conditions = [new V1PodCondition { Type = "Ready", Status = "True" }],
        };
        await client.ReplaceNamespacedPodStatusAsync(pod, Name, Ns, cancellationToken: Cancelled);

        var slices = await UntilAsync(
            () => client.ListNamespacedEndpointSliceAsync(Ns, labelSelector: "kubernetes.io/service-name=" + Name, cancellationToken: Cancelled),
            list => list.Items.Any(slice => slice.Endpoints?.Any(endpoint => endpoint.Conditions.Ready == true) == true));
        slices.Items.Single().Endpoints.Single().Addresses.ShouldBe(["10.1.2.3"]);
        slices.Items.Single().Endpoints.Single().NodeName.ShouldBe("n1");
    }

    [Fact]
    public async Task TwoVersions_SideBySide_AreTwoWorlds()
    {
        var newer = await servers.GetAsync("1.37");
        var older = await servers.GetAsync("1.30");
        using var newerClient = newer.Client();
        using var olderClient = older.Client();
        var ns = await newerClient.NewNamespaceAsync();
        await newerClient.CreateConfigMapAsync(ns, "only-here");

        (await newerClient.TryReadConfigMapAsync(ns, "only-here")).ShouldBe(HttpStatusCode.OK);
        (await olderClient.TryReadConfigMapAsync(ns, "only-here")).ShouldBe(HttpStatusCode.NotFound);
        newer.Address.ShouldNotBe(older.Address);
        newer.Processes.Values.Intersect(older.Processes.Values).ShouldBeEmpty();
    }

    [Fact]
    public async Task Kubeconfig_OfOneCluster_IsRefusedByAnother()
    {
        var newer = await servers.GetAsync("1.37");
        var older = await servers.GetAsync("1.30");
        var mixed = KubernetesYaml.Deserialize<k8s.KubeConfigModels.K8SConfiguration>(older.GetKubeconfig());
        mixed.Users = KubernetesYaml.Deserialize<k8s.KubeConfigModels.K8SConfiguration>(newer.GetKubeconfig()).Users;
        using var client = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigObject(mixed));

        (await client.TryReadConfigMapAsync("default", "any")).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Kubeconfig_AskedTwice_IsTheSame()
    {
        var server = await servers.GetAsync("1.37");

        server.GetKubeconfig("someone").ShouldBe(server.GetKubeconfig("someone"));
        server.GetKubeconfig("someone").ShouldNotBe(server.GetKubeconfig());
    }
}
