using Microsoft.Extensions.Options;

namespace Mesh.Settings;

/// <summary>Fills in what the configuration leaves open about the place of the process (downward API, service account).</summary>
internal sealed class LocalityFromEnvironment(IMeshEnvironment environment) : IPostConfigureOptions<MeshOptions>
{
    public void PostConfigure(string? name, MeshOptions options)
    {
        var locality = options.Locality;
        locality.Cluster ??= environment.GetVariable("MESH_CLUSTER");
        locality.Region ??= environment.GetVariable("MESH_REGION");
        locality.Zone ??= environment.GetVariable("MESH_ZONE");
        locality.Node ??= environment.GetVariable("MESH_NODE");
        locality.Network ??= environment.GetVariable("MESH_NETWORK");
        locality.Namespace ??= environment.GetVariable("MESH_NAMESPACE") ?? environment.GetServiceAccountNamespace();
    }
}
