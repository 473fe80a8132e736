namespace Mesh.Health;

/// <summary>The router's clock: seconds since it was made, from the provider's monotonic timestamps.</summary>
internal sealed class RouterClock(TimeProvider provider)
{
    private readonly long _start = provider.GetTimestamp();
    private readonly double _secondsPerTick = 1.0 / provider.TimestampFrequency;

    public TimeProvider Provider => provider;

    /// <summary>Seconds since the router was made.</summary>
    public double Now => (provider.GetTimestamp() - _start) * _secondsPerTick;

    /// <summary>Calls back once after <paramref name="time"/>, unless disposed before.</summary>
    public ITimer After(TimeSpan time, TimerCallback callback, object? state) => provider.CreateTimer(callback, state, time, Timeout.InfiniteTimeSpan);
}
