using System.Net;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Mesh.Servers;

/// <summary>ServiceExports as the Multi-Cluster Services API has them: the least of a definition that servers take, and objects of it.</summary>
internal static class ServiceExports
{
    private const string Group = "multicluster.x-k8s.io";
    private const string Plural = "serviceexports";
    private const string Definition = $"{Plural}.{Group}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Defines the type in these versions, the first one stored, and waits until it is served.</summary>
    public static async Task DefineAsync(TestCluster cluster, params string[] versions)
    {
        await cluster.Client.ApiextensionsV1.CreateCustomResourceDefinitionAsync(
            new V1CustomResourceDefinition
            {
                Metadata = new V1ObjectMeta { Name = Definition },
                Spec = new V1CustomResourceDefinitionSpec
                {
                    Group = Group,
                    Scope = "Namespaced",
                    Names = new V1CustomResourceDefinitionNames { Kind = "ServiceExport", ListKind = "ServiceExportList", Plural = Plural, Singular = "serviceexport" },
                    Versions = [.. versions.Select((v, i) => Version(v, isStored: i == 0))],
                },
            },
            cancellationToken: Token);
        await UntilServedAsync(cluster, versions[0], isServed: true);
    }

    /// <summary>Takes the type away with all its objects; does nothing where it is not defined.</summary>
    public static async Task RemoveAsync(TestCluster cluster)
    {
        try
        {
            await cluster.Client.ApiextensionsV1.DeleteCustomResourceDefinitionAsync(Definition, cancellationToken: Token);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.NotFound)
        {
            return;
        }

        foreach (var version in new[] { "v1beta1", "v1alpha1" }) await UntilServedAsync(cluster, version, isServed: false);
        while ((await cluster.Client.ApiextensionsV1.ListCustomResourceDefinitionAsync(cancellationToken: Token)).Items.Any(static d => d.Metadata.Name == Definition))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
        }
    }

    /// <summary>Exports a service; returns when it was, by the server's clock.</summary>
    public static async Task<DateTimeOffset> ExportAsync(TestCluster cluster, string service, string version = "v1beta1")
    {
        var created = (System.Text.Json.JsonElement)await cluster.Client.CustomObjects.CreateNamespacedCustomObjectAsync(
            new Dictionary<string, object> { ["apiVersion"] = $"{Group}/{version}", ["kind"] = "ServiceExport", ["metadata"] = new Dictionary<string, object> { ["name"] = service } },
            Group, version, "sales", Plural, cancellationToken: Token);
        return created.GetProperty("metadata").GetProperty("creationTimestamp").GetDateTimeOffset();
    }

    /// <summary>Marks it as its controller does.</summary>
    public static Task MarkAsync(TestCluster cluster, string service, string valid, string message, string version = "v1beta1") =>
        cluster.Client.CustomObjects.PatchNamespacedCustomObjectStatusAsync(
            new V1Patch(
                new
                {
                    status = new
                    {
                        conditions = new[]
                        {
                            new { type = "Conflict", status = "False", reason = "NoConflicts", message = "", lastTransitionTime = "2026-01-01T00:00:00Z" },
                            new { type = "Valid", status = valid, reason = "Checked", message, lastTransitionTime = "2026-01-01T00:00:00Z" },
                        },
                    },
                },
                V1Patch.PatchType.MergePatch),
            Group, version, "sales", Plural, service, cancellationToken: Token);

    public static Task WithdrawAsync(TestCluster cluster, string service, string version = "v1beta1") =>
        cluster.Client.CustomObjects.DeleteNamespacedCustomObjectAsync(Group, version, "sales", Plural, service, cancellationToken: Token);

    private static V1CustomResourceDefinitionVersion Version(string name, bool isStored) => new()
    {
        Name = name,
        Served = true,
        Storage = isStored,
        Subresources = new V1CustomResourceSubresources { Status = new object() },
        Schema = new V1CustomResourceValidation
        {
            OpenAPIV3Schema = new V1JSONSchemaProps
            {
                Type = "object",
                Properties = new Dictionary<string, V1JSONSchemaProps> { ["status"] = new() { Type = "object", XKubernetesPreserveUnknownFields = true } },
            },
        },
    };

    private static async Task UntilServedAsync(TestCluster cluster, string version, bool isServed)
    {
        while (await IsServedAsync() != isServed) await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);

        async Task<bool> IsServedAsync()
        {
            try
            {
                await cluster.Client.CustomObjects.ListNamespacedCustomObjectAsync(Group, version, "sales", Plural, cancellationToken: Token);
                return true;
            }
            catch (HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.TooManyRequests)
            {
                return e.Response.StatusCode == HttpStatusCode.TooManyRequests ? !isServed : false;
            }
        }
    }
}
