using Microsoft.Extensions.Options;

namespace Mesh.Settings;

/// <summary>Fills in what the configuration leaves open about the place of the process (downward API, service account).</summary>
internal sealed class LocalityFromEnvironment(IMeshEnvironment environment) : IPostConfigureOptions<MeshOptions>
{
    public void PostConfigure(string? name, MeshOptions options)
    {
        // Configuration that says null, and code that does, mean the default.
        options.Policy ??= new ServicePolicyOptions();
        options.Namespaces ??= [];
        options.Services ??= new Dictionary<string, ServicePolicyOptions>(StringComparer.Ordinal);
        foreach (var service in options.Services.Where(static s => s.Value is null).Select(static s => s.Key).ToList())
        {
            options.Services[service] = new ServicePolicyOptions();
        }

        var locality = options.Locality ??= new MeshLocalityOptions();
        locality.Cluster ??= environment.GetVariable("MESH_CLUSTER");
        locality.Region ??= environment.GetVariable("MESH_REGION");
        locality.Zone ??= environment.GetVariable("MESH_ZONE");
        locality.Node ??= environment.GetVariable("MESH_NODE");
        locality.Network ??= environment.GetVariable("MESH_NETWORK");
        locality.Namespace ??= environment.GetVariable("MESH_NAMESPACE") ?? environment.GetServiceAccountNamespace();
    }
}
