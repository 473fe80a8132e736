namespace Mesh.Files;

/// <summary>A service while it is read.</summary>
internal sealed class FileService(ServiceName name)
{
    public ServiceName Name { get; } = name;

    public List<FilePort> Ports { get; } = [];

    public List<FileEndpoint> Endpoints { get; } = [];

    public ServicePolicy? Policy { get; set; }
}
