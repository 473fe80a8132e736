namespace Mesh.Doubles;

/// <summary>An endpoint as a test writes it: <c>new Pod("10.0.0.1", Zone: "eu-1")</c>.</summary>
internal sealed record Pod(
    string Address,
    string? Region = null,
    string? Zone = null,
    string? Node = null,
    int Weight = 1,
    EndpointConditions Conditions = EndpointConditions.Ready | EndpointConditions.Serving,
    int Uid = 0,
    string ForZones = "",
    string ForNodes = "")
{
    public const EndpointConditions Unready = EndpointConditions.None;
    public const EndpointConditions Draining = EndpointConditions.Serving | EndpointConditions.Terminating;

    public EndpointDescription Describe() => new(EndpointAddress.TryParse(Address, out var address) ? address : throw new FormatException(Address))
    {
        Region = Region,
        Zone = Zone,
        Node = Node,
        Weight = Weight,
        Conditions = Conditions,
        ZoneHints = [.. ForZones.Split(' ', StringSplitOptions.RemoveEmptyEntries)],
        NodeHints = [.. ForNodes.Split(' ', StringSplitOptions.RemoveEmptyEntries)],
        TargetUid = Uid == 0 ? null : new Guid(Uid, 0, 0, new byte[8]),
    };
}
