namespace Mesh.State;

/// <summary>A policy's fields, each with a flag whether it says anything, in the order of <see cref="ServicePolicy"/>.</summary>
internal static class PolicyEncoding
{
    public static void Write(StateBuffer output, ServicePolicy policy)
    {
        Number(policy.Mode is { } mode ? (long)mode : null);
        output.Flag(!policy.Targets.IsDefault);
        if (!policy.Targets.IsDefault)
        {
            output.Number(policy.Targets.Length);
            foreach (var target in policy.Targets)
            {
                output.Text(target.Cluster.Name);
                output.Number(target.Weight);
                Number(target.Priority);
            }
        }

        output.TextOrNone(policy.LoadBalancing);
        Number(policy.SpillOver is { } spill ? (long)spill : null);
        output.TextOrNone(policy.HashKey?.ToString());
        Number(policy.HashBalanceFactor);
        Number(policy.SlowStart?.Ticks);
        Number(policy.SubsetSize);
        Flag(policy.ZoneBeforeCluster);
        Number(policy.ConnectTimeout?.Ticks);
        Number(policy.TryTimeout?.Ticks);
        Number(policy.Timeout?.Ticks);
        Number(policy.MaxRetries);
        Flag(policy.RetryNonIdempotent);
        Fraction(policy.RetryBudgetRatio);
        Fraction(policy.RetryBudgetMinimum);
        Number(policy.ConsecutiveFailures);
        Number(policy.EjectionTime?.Ticks);
        Number(policy.MaxEjectionTime?.Ticks);
        Number(policy.MaxEjectedPercent);
        Number(policy.MaxRequestsInFlight);
        Flag(policy.WidenClusterLocal);
        Number(policy.SessionAffinity is { } affinity ? (long)affinity : null);
        Number(policy.SessionAffinityTimeout?.Ticks);
        output.TextOrNone(policy.SessionAffinityName);
        Number(policy.TrafficDistribution is { } distribution ? (long)distribution : null);
        output.TextOrNone(policy.ProbePath);
        Number(policy.ProbeInterval?.Ticks);
        Number(policy.ProbeTimeout?.Ticks);
        Number(policy.MaxBufferedBody);
        Flag(policy.Hedging);
        Number(policy.HedgingDelay?.Ticks);
        Flag(policy.PropagateDeadline);
        Flag(policy.Enabled);

        void Number(long? value)
        {
            output.Flag(value is not null);
            if (value is { } number)
            {
                output.Number(number);
            }
        }

        void Flag(bool? value) => Number(value is { } flag ? (flag ? 1 : 0) : null);

        void Fraction(double? value)
        {
            output.Flag(value is not null);
            if (value is { } number)
            {
                output.Int64(BitConverter.DoubleToInt64Bits(number));
            }
        }
    }

    public static ServicePolicy Read(ref StateCursor input)
    {
        var policy = new ServicePolicy { Mode = (RoutingMode?)Int32(ref input) };
        if (input.Flag())
        {
            var targets = new RoutingTarget[input.Count(3)];
            for (var i = 0; i < targets.Length; i++)
            {
                targets[i] = new RoutingTarget(new ClusterId(input.Text()), (int)input.Number(), Int32(ref input));
            }

            policy = policy with { Targets = [.. targets] };
        }

        return policy with
        {
            LoadBalancing = input.TextOrNone(),
            SpillOver = (SpillOver?)Int32(ref input),
            HashKey = input.TextOrNone() is { } key && HashKey.TryParse(key, out var parsed) ? parsed : null,
            HashBalanceFactor = Int32(ref input),
            SlowStart = Time(ref input),
            SubsetSize = Int32(ref input),
            ZoneBeforeCluster = Flag(ref input),
            ConnectTimeout = Time(ref input),
            TryTimeout = Time(ref input),
            Timeout = Time(ref input),
            MaxRetries = Int32(ref input),
            RetryNonIdempotent = Flag(ref input),
            RetryBudgetRatio = Fraction(ref input),
            RetryBudgetMinimum = Fraction(ref input),
            ConsecutiveFailures = Int32(ref input),
            EjectionTime = Time(ref input),
            MaxEjectionTime = Time(ref input),
            MaxEjectedPercent = Int32(ref input),
            MaxRequestsInFlight = Int32(ref input),
            WidenClusterLocal = Flag(ref input),
            SessionAffinity = (SessionAffinity?)Int32(ref input),
            SessionAffinityTimeout = Time(ref input),
            SessionAffinityName = input.TextOrNone(),
            TrafficDistribution = (TrafficDistribution?)Int32(ref input),
            ProbePath = input.TextOrNone(),
            ProbeInterval = Time(ref input),
            ProbeTimeout = Time(ref input),
            MaxBufferedBody = Int32(ref input),
            Hedging = Flag(ref input),
            HedgingDelay = Time(ref input),
            PropagateDeadline = Flag(ref input),
            Enabled = Flag(ref input),
        };
    }

    private static int? Int32(ref StateCursor input) => input.Flag() ? (int)input.Number() : null;

    private static bool? Flag(ref StateCursor input) => input.Flag() ? input.Number() != 0 : null;

    private static TimeSpan? Time(ref StateCursor input) => input.Flag() ? TimeSpan.FromTicks(input.Number()) : null;

    private static double? Fraction(ref StateCursor input) => input.Flag() ? BitConverter.Int64BitsToDouble(input.Int64()) : null;
}
