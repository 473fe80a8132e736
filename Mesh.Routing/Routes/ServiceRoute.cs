namespace Mesh;

/// <summary>
/// The way to one service's port under one policy: a stable object that swaps its immutable table when the service, the clusters, the policy or the
/// endpoints' health change. Made by <see cref="MeshRouter.GetRoute"/>.
/// </summary>
public sealed class ServiceRoute
{
    internal ServiceRoute(ServiceName service) => Service = service;

    /// <summary>The service.</summary>
    public ServiceName Service { get; }

    /// <summary>The policy in force now.</summary>
    public EffectivePolicy Policy => throw new NotImplementedException();

    /// <summary>
    /// Chooses an endpoint for one try and counts it as in flight; whoever gets one calls <see cref="EndpointState.Report"/> once and
    /// <see cref="EndpointState.Release"/> once. Lock-free and without allocation for a first try.
    /// </summary>
    /// <param name="attempts">What this request has tried so far; <see langword="default"/> at first.</param>
    /// <param name="hints">What of the request matters to the choice.</param>
    public PickResult Pick(ref RequestAttempts attempts, in PickHints hints) => throw new NotImplementedException();

    /// <summary>
    /// Waits while the service is pending, at most <see cref="MeshRouterOptions.InitialSyncTimeout"/>. <see langword="true"/>: pick again, the answer is not
    /// <see cref="PickStatus.Pending"/>; <see langword="false"/>: the time is up, <see cref="Describe"/> the pick.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public ValueTask<bool> WaitUntilKnownAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>
    /// Takes one retry from the service's budget (a part of the last 10 s' requests and a few per second); <see langword="false"/>: do not retry. Only for
    /// requests that were sent: a try that got no connection is picked again outside the budget.
    /// </summary>
    public bool TryAcquireRetry() => throw new NotImplementedException();

    /// <summary>What to tell the user about a pick without an endpoint.</summary>
    public RouteFailure Describe(in PickResult failed) => throw new NotImplementedException();
}
