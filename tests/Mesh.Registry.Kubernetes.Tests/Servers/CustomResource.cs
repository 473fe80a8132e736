using System.Net;
using System.Text.Json;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Mesh.Servers;

/// <summary>Objects of a type that a CustomResourceDefinition defines: <c>ServiceExport</c>, with a label <c>v</c>.</summary>
internal static class CustomResource
{
    public static KubernetesResource Type { get; } = new("multicluster.x-k8s.io", "v1alpha1", "serviceexports");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static string Decode(ref Utf8JsonReader reader)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var metadata = document.RootElement.GetProperty("metadata");
        return $"{metadata.GetProperty("name").GetString()}={metadata.GetProperty("labels").GetProperty("v").GetString()}";
    }

    /// <summary>Defines it where it is not, and waits until it is served.</summary>
    public static async Task ServeAsync(TestCluster cluster)
    {
        if (await IsServedAsync(cluster)) return;
        var definition = new V1CustomResourceDefinition
        {
            Metadata = new V1ObjectMeta { Name = $"{Type.Plural}.{Type.Group}", Annotations = new Dictionary<string, string> { ["api-approved.kubernetes.io"] = "unapproved, for a test" } },
            Spec = new V1CustomResourceDefinitionSpec
            {
                Group = Type.Group,
                Scope = "Namespaced",
                Names = new V1CustomResourceDefinitionNames { Kind = "ServiceExport", ListKind = "ServiceExportList", Plural = Type.Plural, Singular = "serviceexport" },
                Versions =
                [
                    new V1CustomResourceDefinitionVersion
                    {
                        Name = Type.Version, Served = true, Storage = true,
                        Schema = new V1CustomResourceValidation { OpenAPIV3Schema = new V1JSONSchemaProps { Type = "object", XKubernetesPreserveUnknownFields = true } },
                    },
                ],
            },
        };
        try
        {
            await cluster.Client.ApiextensionsV1.CreateCustomResourceDefinitionAsync(definition, cancellationToken: Token);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.Conflict)
        {
        }

        while (!await IsServedAsync(cluster)) await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
    }

    public static Task AddAsync(TestCluster cluster, string name, string value) => cluster.Client.CustomObjects.CreateNamespacedCustomObjectAsync(
        new Dictionary<string, object>
        {
            ["apiVersion"] = $"{Type.Group}/{Type.Version}",
            ["kind"] = "ServiceExport",
            ["metadata"] = new Dictionary<string, object> { ["name"] = name, ["labels"] = new Dictionary<string, string> { ["v"] = value } },
        },
        Type.Group, Type.Version, "sales", Type.Plural, cancellationToken: Token);

    public static Task DeleteAsync(TestCluster cluster, string name) =>
        cluster.Client.CustomObjects.DeleteNamespacedCustomObjectAsync(Type.Group, Type.Version, "sales", Type.Plural, name, cancellationToken: Token);

    private static async Task<bool> IsServedAsync(TestCluster cluster)
    {
        try
        {
            await cluster.Client.CustomObjects.ListNamespacedCustomObjectAsync(Type.Group, Type.Version, "sales", Type.Plural, cancellationToken: Token);
            return true;
        }
        catch (HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.TooManyRequests)
        {
            return false;
        }
    }
}
