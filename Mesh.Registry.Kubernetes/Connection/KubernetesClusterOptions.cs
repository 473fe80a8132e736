using Mesh.Watch;

namespace Mesh;

/// <summary>
/// One Kubernetes cluster to watch, by code or by the configuration section <c>Mesh:Clusters:NAME</c>. Checked when the host starts, all errors at once, each
/// naming its setting.
/// </summary>
public sealed class KubernetesClusterOptions
{
    /// <summary>
    /// A kubeconfig file. It is followed while the cluster is watched, with the files it names: what changes is tried first, and taken when it works. Default: none; then the pod's own credentials where the process runs in a pod, else <c>KUBECONFIG</c> (a list of files too), else the
    /// user's <c>.kube/config</c>.
    /// </summary>
    public string? KubeconfigPath { get; set; }

    /// <summary>
    /// A kubeconfig as data, instead of a file: the content of a Secret, the answer of an API. What it may ask for is said by <see cref="KubeconfigAllows"/>; it can be replaced while the
    /// cluster is watched. Default: none.
    /// </summary>
    public KubeconfigData? Kubeconfig { get; set; }

    /// <summary>
    /// What <see cref="Kubeconfig"/> may ask for besides a server, its authority, and credentials in the text itself: anything else in it is refused by name. Files are not restricted.
    /// Default: <see cref="KubeconfigFeatures.None"/>.
    /// </summary>
    public KubeconfigFeatures KubeconfigAllows { get; set; }

    /// <summary>The kubeconfig context. Default: its current one.</summary>
    public string? Context { get; set; }

    /// <summary>A PEM file with the authorities trusted to sign the API server's certificate, instead of the kubeconfig's. Default: none.</summary>
    public string? CertificateAuthority { get; set; }

    /// <summary>
    /// The network the cluster's pods are in: clusters that name the same one dial each other's pods. Default: none, a network of its own, reached
    /// through <see cref="Gateway"/> only.
    /// </summary>
    public string? Network { get; set; }

    /// <summary>The region of endpoints whose Node does not say. Default: none.</summary>
    public string? Region { get; set; }

    /// <summary>The zone of endpoints whose EndpointSlice does not say. Default: none.</summary>
    public string? Zone { get; set; }

    /// <summary>Flomesh's group of clusters. Default: <c>default</c>.</summary>
    public string Group { get; set; } = ClusterKey.DefaultGroup;

    /// <summary>
    /// The namespaces to watch, one watch each, for which namespaced Roles suffice. Hosts <c>name.namespace</c> of these count as services of the mesh. Default:
    /// none named, the whole cluster.
    /// </summary>
    public IList<string> Namespaces { get; set; } = [];

    /// <summary>
    /// The Services to take: <c>orders.sales</c>, or <c>orders</c> for those of that name in every watched namespace. Where all say their namespace, only these namespaces are
    /// watched (more than ten only if <see cref="Namespaces"/> names them, else the whole cluster). Default: all.
    /// </summary>
    public IList<string> Services { get; set; } = [];

    /// <summary>A label selector for Services (<c>team=sales,tier!=test</c>). Default: none.</summary>
    public string? LabelSelector { get; set; }

    /// <summary>The cluster's gateway. Default: none.</summary>
    public KubernetesGatewayOptions? Gateway { get; set; }

    /// <summary>
    /// The addresses that the cluster's pods can have, such as <c>10.20.0.0/16</c>: endpoints outside are left out. Those of two clusters of one network may not overlap. Default: none said, any.
    /// </summary>
    public IList<string> PodCidrs { get; set; } = [];

    /// <summary>
    /// The part of the cluster's share that goes elsewhere, in percent: within the tier, then to the next ones. Default: 0; at most 100: nothing new goes there while anything else can serve.
    /// To change it while the program runs, say it in a catalog file (<c>clusters.NAME.drain</c>).
    /// </summary>
    public int Drain { get; set; }

    /// <summary>Which services callers of other clusters may use. Default: <see cref="ExportMode.All"/>.</summary>
    public ExportMode ExportMode { get; set; }

    /// <summary>How long the API server may take to begin an answer, and between two parts of a list. Default: 30 s; 1 s to 10 min.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The largest object that is read, in bytes as it arrives; a larger one is left out and named. Default: 8 MiB; 1 KiB to 256 MiB.</summary>
    public int MaxObjectBytes { get; set; } = WatchTimings.Default.MaxObjectBytes;

    /// <summary>
    /// How many objects of each type are taken from it, left out ones too. Where there are more, the cluster says so and stays with what was known of it. Default: 200,000; 1 to
    /// 10,000,000.
    /// </summary>
    public int MaxObjects { get; set; } = WatchTimings.Default.MaxObjects;

    /// <summary>How many bytes of objects are taken in one list, as they arrive. Default: 1 GiB; 1 MiB to 64 GiB.</summary>
    public long MaxListBytes { get; set; } = WatchTimings.Default.MaxListBytes;

    /// <summary>What could not be read of the configuration section; reported with the other errors.</summary>
    internal List<string> SectionErrors { get; } = [];
}
