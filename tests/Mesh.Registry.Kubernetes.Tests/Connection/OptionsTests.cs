using k8s;
using Mesh.Connector;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Mesh.Connection;

public sealed class OptionsTests : IAsyncDisposable
{
    private readonly TestMesh _mesh = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mesh-options-");
    private readonly string _kubeconfig;

    public OptionsTests()
    {
        _kubeconfig = Path.Combine(_folder.FullName, "kubeconfig");
        File.WriteAllText(_kubeconfig, "current-context: a\ncontexts:\n- name: a\n  context: { cluster: a, user: a }\nclusters:\n- name: a\n  cluster: { server: 'https://a.example' }\nusers:\n- name: a\n  user: { token: t }\n");
    }

    [Fact]
    public async Task Host_WithMistakesInSeveralPlaces_NamesAllOfThemAtItsStart()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Mesh:Locality:Zoen"] = "eu-1",
            ["Mesh:Clusters:beta:KubeconfigPath"] = _kubeconfig,
            ["Mesh:Clusters:beta:Drain"] = "101",
            ["Mesh:Clusters:gamma:KubeconfigPath"] = "/nowhere/kubeconfig",
        });
        builder.Services.AddMeshRouting(builder.Configuration.GetSection("Mesh"));
        using var host = builder.Build();

        var thrown = await Should.ThrowAsync<Exception>(() => host.StartAsync(TestContext.Current.CancellationToken));

        foreach (var mistake in new[] { "Mesh:Locality:Zoen", "Mesh:Clusters:beta:Drain: 101", "Mesh:Clusters:gamma:KubeconfigPath: " }) thrown.ToString().ShouldContain(mistake);
    }

    [Theory]
    [InlineData("kube\0config", "KubeconfigPath")]
    [InlineData(null, "CertificateAuthority")]
    public void Validate_PathWithANul_IsNamed(string? kubeconfig, string setting)
    {
        _mesh.AddKubernetesCluster("beta", o =>
        {
            o.KubeconfigPath = kubeconfig ?? _kubeconfig;
            o.CertificateAuthority = kubeconfig is null ? "ca\0.pem" : null;
        });

        _mesh.Validate("beta").ShouldContain(e => e.StartsWith($"Mesh:Clusters:beta:{setting}: ", StringComparison.Ordinal) && e.Contains("this is no path", StringComparison.Ordinal));
    }

    [Fact]
    public void Validate_EverythingWrong_NamesEachSettingAtOnce()
    {
        var nonsense = Path.Combine(_folder.FullName, "nonsense.pem");
        File.WriteAllText(nonsense, "nonsense");
        _mesh.AddKubernetesCluster("beta", o =>
        {
            o.KubeconfigPath = "/nowhere/kubeconfig";
            o.CertificateAuthority = nonsense;
            o.Network = "a b";
            o.Namespaces = ["Sales"];
            o.Services = ["or/ders", "orders.elsewhere"];
            o.Gateway = new KubernetesGatewayOptions { Hosts = ["-bad-"], Port = 0 };
            o.ExportMode = (ExportMode)7;
            o.Drain = 101;
            o.PodCidrs = ["10.20.0.0/16", "10.20.1.0/16", "10.20.0.0/33"];
            o.RequestTimeout = TimeSpan.FromSeconds(-1);
            o.MaxObjectBytes = 1;
            o.MaxObjects = 0;
            o.MaxListBytes = -1;
        });

        var errors = _mesh.Validate("beta");

        foreach (var setting in new[] { "KubeconfigPath", "CertificateAuthority", "Network", "Namespaces", "Services", "Gateway:Hosts", "Gateway:Port", "Drain", "PodCidrs", "ExportMode", "RequestTimeout", "MaxObjectBytes", "MaxObjects", "MaxListBytes" })
        {
            errors.ShouldContain(e => e.StartsWith($"Mesh:Clusters:beta:{setting}: ", StringComparison.Ordinal), setting);
        }

        errors.Count(static e => e.StartsWith("Mesh:Clusters:beta:PodCidrs: ", StringComparison.Ordinal)).ShouldBe(2, "each that is wrong");
        errors.Single(e => e.Contains(":KubeconfigPath", StringComparison.Ordinal)).ShouldContain("no such file");
        errors.Single(e => e.Contains(":ExportMode", StringComparison.Ordinal)).ShouldContain("7 is not one of All, Exported");
    }

    [Fact]
    public void Validate_FilesThatAreMissing_AreNamedWithTheirFolder()
    {
        _mesh.AddKubernetesCluster("beta", static o => (o.KubeconfigPath, o.CertificateAuthority) = ("beta.kubeconfig", "beta.pem"));

        var folder = Directory.GetCurrentDirectory();
        _mesh.Validate("beta").ShouldBe(
            [
                $"Mesh:Clusters:beta:CertificateAuthority: {Path.Combine(folder, "beta.pem")}: no such file.",
                $"Mesh:Clusters:beta:KubeconfigPath: {Path.Combine(folder, "beta.kubeconfig")}: no such file.",
            ],
            ignoreOrder: true);
    }

    [Fact]
    public void Validate_NameThatIsNone_IsAnError()
    {
        _mesh.AddKubernetesCluster("Beta.1", o => o.KubeconfigPath = _kubeconfig);

        _mesh.Validate("Beta.1").Single().ShouldContain("not a valid cluster name");
    }

    [Fact]
    public void Validate_SameNameTwice_IsAnError()
    {
        _mesh.AddKubernetesCluster("beta", o => o.KubeconfigPath = _kubeconfig).AddKubernetesCluster("beta", o => o.KubeconfigPath = _kubeconfig);

        _mesh.Validate("beta").Single().ShouldContain("cluster 'beta' is added 2 times");
    }

    [Fact]
    public void Validate_OnStart_IsDoneForEveryCluster()
    {
        _mesh.AddKubernetesCluster("beta", o => o.KubeconfigPath = "/nowhere/b").AddKubernetesCluster("gamma", o => o.KubeconfigPath = "/nowhere/g");

        var error = Should.Throw<Exception>(() => _mesh.Provider.GetRequiredService<IStartupValidator>().Validate()).ToString();

        error.ShouldContain("Mesh:Clusters:beta:KubeconfigPath");
        error.ShouldContain("Mesh:Clusters:gamma:KubeconfigPath");
    }

    [Fact]
    public void MeshOptions_ClustersThatAreWrong_HideNeitherOneAnotherNorTheMesh()
    {
        _mesh.AddMeshOptions().Configure(static o => o.Policy.MaxRetries = 99);
        _mesh.AddKubernetesCluster("beta", static o => (o.KubeconfigPath, o.Namespaces) = ("/nowhere/b", ["Sales", "depot"])).AddKubernetesCluster("gamma", static o => o.KubeconfigPath = "/nowhere/g");

        Should.Throw<OptionsValidationException>(() => _mesh.Provider.GetRequiredService<IOptions<MeshOptions>>().Value).Failures.ShouldBe(["Mesh:Policy:MaxRetries is 99: use 0 to 10."]);
        _mesh.Validate("beta", "gamma").Select(static e => e.Split(' ')[0]).ShouldBe(["Mesh:Clusters:beta:KubeconfigPath:", "Mesh:Clusters:beta:Namespaces:", "Mesh:Clusters:gamma:KubeconfigPath:"]);
    }

    [Theory]
    [InlineData("vpc", "10.20.0.0/16", true)]
    [InlineData("vpc", "10.21.0.0/16", false)]
    [InlineData("far", "10.20.0.0/16", false)]
    public void Start_RangesOfTwoClustersOfOneNetworkOverlap_IsRefusedWithBothNames(string network, string range, bool isRefused)
    {
        _mesh.AddKubernetesCluster("beta", o => (o.KubeconfigPath, o.Network, o.PodCidrs) = (_kubeconfig, "vpc", ["10.20.0.0/17"]));
        _mesh.AddKubernetesCluster("gamma", o => (o.KubeconfigPath, o.Network, o.PodCidrs) = (_kubeconfig, network, [range]));

        var validator = _mesh.Provider.GetServices<IValidateOptions<MeshOptions>>().OfType<PodCidrOverlaps>().Single();
        var result = validator.Validate(null, new MeshOptions());

        result.Failed.ShouldBe(isRefused);
        if (isRefused)
        {
            result.FailureMessage.ShouldBe(
                "Mesh:Clusters:gamma:PodCidrs: 10.20.0.0/16 of cluster 'gamma' overlaps 10.20.0.0/17 of cluster 'beta', and both are in network 'vpc': correct one, or give them different networks.");
        }
    }

    [Fact]
    public void Section_Whole_IsRead()
    {
        Bind("beta", new()
        {
            ["KubeconfigPath"] = _kubeconfig,
            ["Context"] = "a",
            ["Network"] = "vpc",
            ["Region"] = "eu",
            ["Zone"] = "eu-1",
            ["Group"] = "g",
            ["LabelSelector"] = "a=b",
            ["Namespaces:0"] = "sales",
            ["Services:0"] = "orders.sales",
            ["Gateway:Hosts:0"] = "gw.example.com",
            ["Gateway:Port"] = "443",
            ["Drain"] = "30",
            ["PodCidrs:0"] = "10.20.0.0/16",
            ["ExportMode"] = "all",
            ["requesttimeout"] = "00:00:05",
        });

        _mesh.Validate("beta").ShouldBeEmpty();
        var options = _mesh.Provider.GetRequiredService<IOptionsMonitor<KubernetesClusterOptions>>().Get("beta");
        options.Network.ShouldBe("vpc");
        options.Namespaces.ShouldBe(["sales"]);
        options.Services.ShouldBe(["orders.sales"]);
        options.Gateway!.Hosts.ShouldBe(["gw.example.com"]);
        options.Gateway.Port.ShouldBe(443);
        options.Drain.ShouldBe(30);
        options.PodCidrs.ShouldBe(["10.20.0.0/16"]);
        options.RequestTimeout.ShouldBe(TimeSpan.FromSeconds(5));
        options.LabelSelector.ShouldBe("a=b");
    }

    [Theory]
    [InlineData("KubeconfigFile", "x", "Mesh:Clusters:beta:KubeconfigFile: there is no such setting")]
    [InlineData("KubeconfigAllows:0", "Everything", "Mesh:Clusters:beta:KubeconfigAllows: 'Everything' is not one of None, ExecPlugins")]
    [InlineData("Kubeconfig", "a: b", "Mesh:Clusters:beta:Kubeconfig: it is given as data and by KubeconfigPath")]
    [InlineData("Gateway:Host", "x", "Mesh:Clusters:beta:Gateway:Host: there is no such setting")]
    [InlineData("Gateway:Port", "many", "Mesh:Clusters:beta:Gateway:Port: 'many' is no port")]
    [InlineData("Drain", "half", "Mesh:Clusters:beta:Drain: 'half' is no percentage: use 0 to 100.")]
    [InlineData("Drain", "-1", "Mesh:Clusters:beta:Drain: -1 is no percentage: use 0 to 100.")]
    [InlineData("RequestTimeout", "soon", "Mesh:Clusters:beta:RequestTimeout: 'soon' is no time")]
    [InlineData("MaxObjects", "many", "Mesh:Clusters:beta:MaxObjects: 'many' is no number up to 2147483647.")]
    [InlineData("MaxListBytes", "1", "Mesh:Clusters:beta:MaxListBytes: 1 is not between 1048576 and 68719476736.")]
    [InlineData("ExportMode", "Some", "Mesh:Clusters:beta:ExportMode: 'Some' is not one of")]
    [InlineData("Namespaces", "sales", "Mesh:Clusters:beta:Namespaces: a list belongs here")]
    [InlineData("Gateway", "gw", "Mesh:Clusters:beta:Gateway: an object belongs here, { … }, not 'gw'.")]
    [InlineData("RequestTimeout", "5", "Mesh:Clusters:beta:RequestTimeout: '5' is no time; write 30s, 1m or 00:00:30.")]
    [InlineData("RequestTimeout", "500ms", "Mesh:Clusters:beta:RequestTimeout: 500ms is not between 1s and 10m.")]
    [InlineData("Network:0", "a", "Mesh:Clusters:beta:Network: one value belongs here")]
    public void Section_WithAKeyOrValueThatIsNone_IsAnErrorThatNamesIt(string key, string value, string error)
    {
        Bind("beta", new() { ["KubeconfigPath"] = _kubeconfig, [key] = value });

        _mesh.Validate("beta").ShouldContain(e => e.StartsWith(error, StringComparison.Ordinal));
    }

    [Fact]
    public void SectionBinder_ByItsLiteralName_IsFound() =>
        Activator.CreateInstance(Type.GetType(IClusterSectionBinder.KubernetesTypeName, throwOnError: true)!).ShouldBeAssignableTo<IClusterSectionBinder>();

    [Fact]
    public void Namespaces_OfAClusterAddedInCode_AreKnownToTheMesh()
    {
        _mesh.AddKubernetesCluster("beta", o =>
        {
            o.KubeconfigPath = _kubeconfig;
            o.Namespaces = ["sales"];
        }).AddKubernetesCluster("gamma", o =>
        {
            o.KubeconfigPath = _kubeconfig;
            o.Services = ["stock.depot"];
        });

        _mesh.Provider.GetRequiredService<IOptions<MeshOptions>>().Value.Namespaces.ShouldBe(["sales", "depot"]);
    }

    [Fact]
    public void Client_ThatIsASubstitute_IsRefusedAtOnce() =>
        Should.Throw<ArgumentException>(() => _mesh.AddKubernetesCluster("beta", System.Reflection.DispatchProxy.Create<IKubernetes, NoClient>())).Message.ShouldContain("Cluster 'beta'");

    [Fact]
    public void Client_WithConnectionSettings_IsAnError()
    {
        using var client = new Kubernetes(new KubernetesClientConfiguration { Host = "http://localhost" });
        _mesh.AddKubernetesCluster("beta", client, o => o.Context = "a");

        _mesh.Validate("beta").Single().ShouldStartWith("Mesh:Clusters:beta:Context: has no effect");
    }

    public async ValueTask DisposeAsync()
    {
        await _mesh.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private void Bind(string cluster, Dictionary<string, string?> settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"Mesh:Clusters:{cluster}:{s.Key}", s.Value))).Build();
        new KubernetesClusterSectionBinder().Bind(_mesh, cluster, configuration.GetSection($"Mesh:Clusters:{cluster}"));
    }

    public class NoClient : System.Reflection.DispatchProxy
    {
        protected override object? Invoke(System.Reflection.MethodInfo? targetMethod, object?[]? args) => null;
    }
}
