using System.Net;
using System.Text;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Mesh.Fixture;

/// <summary>
/// Keeps the Kubernetes objects of one cluster of a fixture: what an administrator, the kubelets and, where there is none, the EndpointSlice controller would write.
/// </summary>
internal sealed class ClusterObjects : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(25);

    private readonly ClusterPlan _cluster;
    private readonly bool _hasSliceController;
    private readonly Dictionary<ServiceName, int> _slices = [];

    public ClusterObjects(ClusterPlan cluster, IKubernetesServer server)
    {
        _cluster = cluster;
        _hasSliceController = server.Capabilities.HasFlag(KubernetesServerCapabilities.EndpointSliceController);
        using var kubeconfig = new MemoryStream(Encoding.UTF8.GetBytes(server.GetKubeconfig()));
        Client = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig));
    }

    public Kubernetes Client { get; }

    public void Dispose() => Client.Dispose();

    /// <summary>Writes Namespaces, Nodes and Services.</summary>
    public async Task WriteFrameAsync(IReadOnlyList<ServicePlan> services, CancellationToken cancellationToken)
    {
        var nodes = _cluster.Nodes.Select(node => Client.CoreV1.CreateNodeAsync(ObjectTemplates.Node(_cluster, node), cancellationToken: cancellationToken));
        var namespaces = services.Select(service => service.Name.Namespace).Distinct(StringComparer.Ordinal)
            .Select(name => WriteNamespaceAsync(name, cancellationToken));
        await Task.WhenAll(nodes.Concat<Task>(namespaces)).ConfigureAwait(false);
        await Task.WhenAll(services.Select(
            service => Client.CoreV1.CreateNamespacedServiceAsync(ObjectTemplates.Service(service), service.Name.Namespace, cancellationToken: cancellationToken)))
            .ConfigureAwait(false);
    }

    /// <summary>Makes the cluster show that pods of a service came and went; returns when its slices say so.</summary>
    /// <param name="service">The service.</param>
    /// <param name="pods">Its pods from now on.</param>
    /// <param name="coming">Those of them that have no object yet.</param>
    /// <param name="leaving">Those whose object goes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task ChangePodsAsync(
        ServicePlan service, IReadOnlyList<FixturePod> pods, IReadOnlyList<FixturePod> coming, IReadOnlyList<FixturePod> leaving, CancellationToken cancellationToken)
    {
        await Task.WhenAll(coming.Select(pod => WritePodAsync(pod, cancellationToken))).ConfigureAwait(false);
        if (!_hasSliceController) await WriteSlicesAsync(service, pods, cancellationToken).ConfigureAwait(false);
        await Task.WhenAll(leaving.Select(pod => Client.CoreV1.DeleteNamespacedPodAsync(
            pod.Name, pod.Service.Namespace, gracePeriodSeconds: 0, cancellationToken: cancellationToken))).ConfigureAwait(false);
        if (_hasSliceController) await WaitForSlicesAsync(service.Name, pods, cancellationToken).ConfigureAwait(false);
    }

    private async Task WriteNamespaceAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            await Client.CoreV1.CreateNamespaceAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = name } }, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.Conflict)
        {
            // Some are there from the start, such as "default".
        }

        // Where controllers run, a pod is refused before its namespace has the account that pods run as.
        if (!_hasSliceController) return;
        await UntilAsync(
            $"the ServiceAccount {name}/default",
            async () => (await Client.CoreV1.ListNamespacedServiceAccountAsync(name, cancellationToken: cancellationToken).ConfigureAwait(false))
                .Items.Any(account => account.Metadata.Name == "default"),
            cancellationToken).ConfigureAwait(false);
    }

    private async Task WritePodAsync(FixturePod pod, CancellationToken cancellationToken)
    {
        var written = await Client.CoreV1.CreateNamespacedPodAsync(ObjectTemplates.Pod(pod), pod.Service.Namespace, cancellationToken: cancellationToken).ConfigureAwait(false);
        pod.Uid = written.Metadata.Uid;
        written.Status = ObjectTemplates.RunningStatus(pod);
        await Client.CoreV1.ReplaceNamespacedPodStatusAsync(written, pod.Name, pod.Service.Namespace, cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    private async Task WriteSlicesAsync(ServicePlan service, IReadOnlyList<FixturePod> pods, CancellationToken cancellationToken)
    {
        var had = _slices.GetValueOrDefault(service.Name);
        // Also an empty service has a slice, as the controller's has.
        var chunks = pods.Count == 0 ? [[]] : pods.Chunk(ObjectTemplates.EndpointsPerSlice).ToList();
        for (var i = 0; i < chunks.Count; i++)
        {
            var slice = ObjectTemplates.Slice(service, i, chunks[i]);
            await (i < had
                ? Client.DiscoveryV1.ReplaceNamespacedEndpointSliceAsync(slice, slice.Metadata.Name, service.Name.Namespace, cancellationToken: cancellationToken)
                : Client.DiscoveryV1.CreateNamespacedEndpointSliceAsync(slice, service.Name.Namespace, cancellationToken: cancellationToken)).ConfigureAwait(false);
        }

        for (var i = chunks.Count; i < had; i++)
        {
            await Client.DiscoveryV1.DeleteNamespacedEndpointSliceAsync(
                ObjectTemplates.SliceName(service.Name, i), service.Name.Namespace, cancellationToken: cancellationToken).ConfigureAwait(false);
        }

        _slices[service.Name] = chunks.Count;
    }

    private async Task WaitForSlicesAsync(ServiceName service, IReadOnlyList<FixturePod> pods, CancellationToken cancellationToken)
    {
        var expected = pods.Select(pod => pod.Address.ToString()).ToHashSet(StringComparer.Ordinal);
        await UntilAsync(
            $"the EndpointSlices of {service} to show {expected.Count} ready pods",
            async () =>
            {
                var slices = await Client.DiscoveryV1.ListNamespacedEndpointSliceAsync(
                    service.Namespace, labelSelector: $"kubernetes.io/service-name={service.Name}", cancellationToken: cancellationToken).ConfigureAwait(false);
                var ready = slices.Items.SelectMany(slice => slice.Endpoints ?? []).Where(endpoint => endpoint.Conditions?.Ready == true).SelectMany(endpoint => endpoint.Addresses);
                return expected.SetEquals(ready);
            },
            cancellationToken).ConfigureAwait(false);
    }

    private async Task UntilAsync(string what, Func<Task<bool>> condition, CancellationToken cancellationToken)
    {
        using var over = new CancellationTokenSource(Patience, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        try
        {
            while (!await condition().ConfigureAwait(false)) await Task.Delay(LookAgain, TimeProvider.System, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            throw new TimeoutException($"Cluster '{_cluster.Name}': waited {Patience.TotalSeconds:0} s for {what}; does its controller manager run?");
        }
    }
}
