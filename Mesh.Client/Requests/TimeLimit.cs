namespace Mesh.Requests;

/// <summary>A token that ends with the caller's, or when a time is up.</summary>
internal sealed class TimeLimit : IDisposable
{
    private readonly CancellationTokenSource? _deadline;
    private readonly CancellationTokenSource? _both;

    /// <param name="time">How long; infinite: the caller's token alone.</param>
    /// <param name="clock">Measures it.</param>
    /// <param name="caller">The caller's token.</param>
    public TimeLimit(TimeSpan time, TimeProvider clock, CancellationToken caller)
    {
        Token = caller;
        if (time != Timeout.InfiniteTimeSpan)
        {
            _deadline = new CancellationTokenSource(time, clock);
            _both = CancellationTokenSource.CreateLinkedTokenSource(caller, _deadline.Token);
            Token = _both.Token;
        }
    }

    public CancellationToken Token { get; }

    /// <summary>Whether there is a limit.</summary>
    public bool IsSet => _deadline is not null;

    /// <summary>Whether the time is up.</summary>
    public bool IsOver => _deadline is { IsCancellationRequested: true };

    public void Dispose()
    {
        _both?.Dispose();
        _deadline?.Dispose();
    }
}
