namespace Mesh.Files;

/// <summary>A gateway while it is read.</summary>
internal sealed class GatewayDraft
{
    public List<EndpointAddress> Hosts { get; } = [];

    public int Port { get; set; } = 15443;
}
