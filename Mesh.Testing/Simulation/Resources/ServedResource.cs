using System.Text;

namespace Mesh.Simulation;

/// <summary>A resource type as one API version serves it.</summary>
internal sealed class ServedResource
{
    public ServedResource(ResourceType type, string version)
    {
        Type = type;
        Version = version;
        ApiVersion = type.Group.Length == 0 ? version : type.Group + "/" + version;
        TypeFields = Encoding.UTF8.GetBytes($"\"kind\":\"{type.Kind}\",\"apiVersion\":\"{ApiVersion}\",");
    }

    public ResourceType Type { get; }

    public string Version { get; }

    public string ApiVersion { get; }

    /// <summary><c>"kind":…,"apiVersion":…,</c>: stands before an object's other fields on the wire; never stored.</summary>
    public byte[] TypeFields { get; }
}
