namespace Mesh.Requests;

/// <summary>How long a request may take, and each of its tries: the policy's limits, and what its caller brought along.</summary>
/// <param name="clock">Measures it.</param>
/// <param name="policy">The policy.</param>
/// <param name="request">The request, with its caller's headers.</param>
/// <param name="started">When it began, a timestamp of <paramref name="clock"/>.</param>
internal readonly struct RequestTime(TimeProvider clock, EffectivePolicy policy, HttpRequestMessage request, long started)
{
    /// <summary>All of it. What the caller says shortens a limit of ours; without one it is the caller's own to keep.</summary>
    public TimeSpan Limit { get; } = policy.Timeout == Timeout.InfiniteTimeSpan ? Timeout.InfiniteTimeSpan : DeadlineHeaders.Shorter(policy.Timeout, DeadlineHeaders.Read(request));

    /// <summary>Whether the endpoint is told what is left.</summary>
    public bool IsTold => Limit != Timeout.InfiniteTimeSpan && policy.PropagateDeadline;

    /// <summary>What is left of it; infinite where there is no limit.</summary>
    public TimeSpan Left => Limit == Timeout.InfiniteTimeSpan ? Limit : Limit - clock.GetElapsedTime(started) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    /// <summary>Whether nothing is left.</summary>
    public bool IsOver => Left == TimeSpan.Zero;

    /// <summary>What a try that begins now may take.</summary>
    public TimeSpan OfTry => DeadlineHeaders.Shorter(policy.TryTimeout, Left);

    /// <summary>Whether it can be waited so long, and something be left.</summary>
    public bool Allows(TimeSpan pause) => Limit == Timeout.InfiniteTimeSpan || pause < Left;

    /// <summary>Whether a limit that a try ran under is what its caller brought along, and not one of the policy.</summary>
    public bool IsBrought(TimeSpan limit) => Limit != policy.Timeout && limit != policy.TryTimeout;

    /// <summary>Limits what begins now to what is left.</summary>
    public TimeLimit Begin(CancellationToken caller) => new(Left, clock, caller);

    /// <summary>Limits a try that begins now.</summary>
    /// <param name="limit"><see cref="OfTry"/> of when it began.</param>
    /// <param name="caller">The caller's token.</param>
    public TimeLimit BeginTry(TimeSpan limit, CancellationToken caller) => new(limit, clock, caller);
}
