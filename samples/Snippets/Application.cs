using Mesh;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Snippets;

/// <summary>What an application writes.</summary>
internal static class Application
{
    public static async Task<HttpResponseMessage> InCode(HostApplicationBuilder builder, HttpClient httpClient)
    {
        builder.Services.AddMeshRouting(mesh => mesh
            .RunsIn(cluster: "alpha", region: "eu", zone: "eu-1")
            .AddKubernetesCluster("alpha", k => { k.Network = "vpc-eu"; k.Namespaces = ["sales"]; })
            .AddKubernetesCluster("beta", k =>
            {
                k.KubeconfigPath = "beta.kubeconfig";
                k.Network = "vpc-eu";
                k.Namespaces = ["sales"];
            }));

        var response = await httpClient.GetAsync("http://orders.sales/items/7");   // service orders, namespace sales
        return response;
    }

    public static void FromConfiguration(HostApplicationBuilder builder)
    {
        builder.Services.AddMeshRouting(builder.Configuration.GetSection("Mesh"));
    }

    public static async Task WithoutDependencyInjection()
    {
        await using var mesh = await MeshRouting.StartAsync(m => m.AddFile("mesh.json"));
        using var client = mesh.CreateHttpClient();
    }

    public static void Cluster(IMeshBuilder mesh)
    {
        mesh.AddKubernetesCluster("beta", k => { k.KubeconfigPath = "beta.kubeconfig"; k.Network = "vpc-eu"; k.Namespaces = ["sales"]; });
    }

    public static void ClusterByData(IMeshBuilder mesh, string text, string newText)
    {
        var kubeconfig = new KubeconfigData(text);
        mesh.AddKubernetesCluster("beta", k => k.Kubeconfig = kubeconfig);
        kubeconfig.Replace(newText);
    }

    public static void OneClient(HostApplicationBuilder builder)
    {
        builder.Services.AddHttpClient<OrdersClient>(c => c.BaseAddress = new("http://orders.sales"))
            .ConfigureMeshRouting(p => p.Mode = RoutingMode.Failover);
    }

    public static void Observed(HostApplicationBuilder builder)
    {
        builder.Services.AddHealthChecks().AddMeshRouting();
    }

    public static void Why(IMesh mesh)
    {
        RouteExplanation why = mesh.Explain("orders.sales");
        Console.WriteLine(why);
    }

    public static void WhyAsJson(IMesh mesh)
    {
        RouteExplanation why = mesh.Explain("orders.sales");
        Console.WriteLine(why.ToJson());
    }

    public static void WhatIf(IMesh mesh)
    {
        PolicyDryRun trial = mesh.DryRun("orders.sales", new ServicePolicy { Mode = RoutingMode.ActiveActive });
        Console.WriteLine(trial);
    }

    internal sealed class OrdersClient(HttpClient client)
    {
        public Task<HttpResponseMessage> ItemAsync(int id) => client.GetAsync($"items/{id}");
    }
}
