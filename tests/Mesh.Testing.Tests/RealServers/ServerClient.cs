using System.Net;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Mesh.RealServers;

/// <summary>What these tests do with a server as one of its users, through the official client.</summary>
internal static class ServerClient
{
    public static Kubernetes Client(this IKubernetesServer server, string identity = "admin")
    {
        using var kubeconfig = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(server.GetKubeconfig(identity)));
        return new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig));
    }

    public static async Task<string> NewNamespaceAsync(this Kubernetes client)
    {
        var made = await client.CreateNamespaceAsync(new V1Namespace { Metadata = new V1ObjectMeta { GenerateName = "test-" } }, cancellationToken: Cancelled);
        return made.Name();
    }

    public static Task<V1ConfigMap> CreateConfigMapAsync(this Kubernetes client, string ns, string name) => client.CreateNamespacedConfigMapAsync(
        new V1ConfigMap { Metadata = new V1ObjectMeta { Name = name }, Data = new Dictionary<string, string> { ["key"] = name } }, ns, cancellationToken: Cancelled);

    /// <summary>What the server answers to reading this ConfigMap.</summary>
    public static async Task<HttpStatusCode> TryReadConfigMapAsync(this Kubernetes client, string ns, string name)
    {
        try
        {
            await client.ReadNamespacedConfigMapAsync(name, ns, cancellationToken: Cancelled);
            return HttpStatusCode.OK;
        }
        catch (HttpOperationException e)
        {
            return e.Response.StatusCode;
        }
    }

    /// <summary>Asks until the answer is there; generously bounded, so that a wrong answer is an error and not a hang.</summary>
    public static async Task<T> UntilAsync<T>(Func<Task<T>> ask, Func<T, bool> condition)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, Cancelled);
        while (true)
        {
            var answer = await ask();
            if (condition(answer)) return answer;
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, either.Token);
        }
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;
}
