namespace Mesh.Hosting;

/// <summary>How long ago the mesh was started.</summary>
internal sealed class StartClock(TimeProvider timeProvider)
{
    private long? _started;

    public TimeSpan Elapsed => _started is { } started ? timeProvider.GetElapsedTime(started) : TimeSpan.Zero;

    public void Start() => _started ??= timeProvider.GetTimestamp();
}
