using Mesh.Drafts;

namespace Mesh.Files;

/// <summary>A service's port while it is read.</summary>
internal sealed class FilePort
{
    public JsonPlace Place { get; init; }

    public string Name { get; set; } = "";

    public int Port { get; set; }

    public int? TargetPort { get; set; }

    public TransportProtocol Protocol { get; set; }

    public string? AppProtocol { get; set; }

    public PortDraft ToDraft() => new(new ServicePort(Name, Port, Protocol, AppProtocol), TargetPort);
}
