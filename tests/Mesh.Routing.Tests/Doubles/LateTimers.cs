namespace Mesh.Doubles;

/// <summary>A clock that stands, whose timers call when the test says so, also after they were disposed: as those do that were about to call just then.</summary>
internal sealed class LateTimers : TimeProvider
{
    private readonly List<Action> _calls = [];

    public int Count => _calls.Count;

    public override long GetTimestamp() => 0;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _calls.Add(() => callback(state));
        return new Silent();
    }

    /// <summary>Lets a timer call, by the order in which they were made.</summary>
    public void Call(int index) => _calls[index]();

    private sealed class Silent : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
