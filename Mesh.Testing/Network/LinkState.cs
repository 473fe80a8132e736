namespace Mesh;

/// <summary>How one direction of a link behaves at present.</summary>
/// <param name="Fault">What stands in the way.</param>
/// <param name="Latency">How long each byte is under way; zero for none. It delays, it does not limit the rate.</param>
/// <param name="BytesPerSecond">The rate that all connections share; <see langword="null"/> for no limit.</param>
public sealed record LinkState(LinkFault Fault, TimeSpan Latency, long? BytesPerSecond)
{
    /// <summary>A direction without any fault.</summary>
    public static LinkState Clear { get; } = new(LinkFault.None, TimeSpan.Zero, null);
}
