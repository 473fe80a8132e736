namespace Mesh.FaultRuns;

/// <summary>The system's clock, some times as fast: pauses of half a minute pass in seconds, and everything that takes its time of a machine keeps it.</summary>
internal sealed class FastClock(int times) : TimeProvider
{
    private readonly long _began = System.GetTimestamp();
    private readonly DateTimeOffset _beganAt = System.GetUtcNow();

    public override long TimestampFrequency => System.TimestampFrequency;

    public override long GetTimestamp() => _began + ((System.GetTimestamp() - _began) * times);

    public override DateTimeOffset GetUtcNow() => _beganAt + GetElapsedTime(_began);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new FastTimer(System.CreateTimer(callback, state, Shorter(dueTime), Shorter(period)), Shorter);

    private TimeSpan Shorter(TimeSpan time) => time <= TimeSpan.Zero ? time : time / times;

    private sealed class FastTimer(ITimer timer, Func<TimeSpan, TimeSpan> shorter) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(shorter(dueTime), shorter(period));

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
