namespace Mesh.Watch;

/// <summary>A request got no answer.</summary>
/// <param name="kind">Why.</param>
/// <param name="message">What to tell; no secrets.</param>
/// <param name="inner">The cause, or <see langword="null"/>.</param>
internal sealed class WatchTransportException(WatchFailureKind kind, string message, Exception? inner = null) : Exception(message, inner)
{
    public WatchFailureKind Kind { get; } = kind;
}
