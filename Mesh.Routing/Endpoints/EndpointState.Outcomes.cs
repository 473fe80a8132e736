using Mesh.Health;
using Mesh.Picks;

namespace Mesh;

/// <content>What is learnt from how tries end: cost, health, breakers.</content>
public sealed partial class EndpointState
{
    private const double PenaltyLasts = 3 * PeakEwma.DecaySeconds;

    /// <summary>See <see cref="EndpointLease.Answered"/>.</summary>
    internal void Answered(long generation, TimeSpan latency)
    {
        if (Health.IsOfNow(generation))
        {
            var now = _context.Clock.Now;
            ObserveAnswer(latency, now);
            Health.OnAnswered(latency, generation, now);
        }

        TellConnected(generation);
        Upstream?.OnAnswered(generation);
    }

    /// <summary>See <see cref="EndpointLease.Report"/>. What was picked before the last ejection, probe or return says nothing of now.</summary>
    internal void Report(long generation, in AttemptOutcome outcome)
    {
        if (outcome.Result == AttemptResult.Cancelled)
        {
            Health.OnNothingLearnt(generation);
            return;
        }

        var now = _context.Clock.Now;
        if (Health.IsOfNow(generation))
        {
            Learn(generation, outcome, now);
        }

        switch (outcome.Result)
        {
            case AttemptResult.Success:
                TellConnected(generation);
                Upstream?.OnSucceeded(generation, now);
                break;
            case AttemptResult.Overloaded:
                TellConnected(generation);
                break;
            case AttemptResult.UpstreamFailed when Upstream is { } upstream:
                TellConnected(generation);
                upstream.OnFailed(generation, now);
                break;
            case AttemptResult.ConnectFailed:
                foreach (var breaker in Breakers)
                {
                    breaker.OnConnectFailed(this, generation, now);
                }

                break;
        }
    }

    /// <summary>See <see cref="EndpointLease.ReportLoad"/>.</summary>
    internal void ReportLoad(in LoadReport report) => _load.Take(report, _context.Clock.Now);

    internal double CostSeconds(double now) => _hot.Cost.SecondsAt(now);

    internal void RestartCost(TimeSpan? latency, double now)
    {
        Volatile.Write(ref _startedAt, now);
        if (latency is { } measured)
        {
            _hot.Cost.Restart(measured.TotalSeconds, now);
        }

        Volatile.Write(ref _penalisedAt, double.NaN);
        _first.End();
    }

    /// <summary>Whether the cost is a failure's penalty still: until successes have gone on for so long that 5 % of it are left.</summary>
    internal bool HasPenalty(double now) => Volatile.Read(ref _penalisedAt) <= now;

    internal void StartCostAt(double score, double now) => _hot.Cost.StartAt(score, now);

    /// <summary>Whether its cost is its first answer's and nothing else, and old enough to ask again.</summary>
    internal bool HasOnlyFirstAnswer(double now) => _first.IsAlone(now);

    /// <summary>One answer says little: where it was slower than is usual the endpoint counts as usual until the next one.</summary>
    internal void ForgiveFirstAnswer(double usual, double now)
    {
        _first.End();
        if (usual < Score)
        {
            _hot.Cost.StartAt(usual, now);
        }
    }

    private static double Penalty(TimeSpan? retryAfter) =>
        Math.Max(HealthSettings.FailureSeconds, Math.Min(HealthSettings.MaxPenaltySeconds, retryAfter?.TotalSeconds ?? 0));

    private void Penalise(TimeSpan? retryAfter, double now)
    {
        _first.End();
        _hot.Cost.Observe(Penalty(retryAfter), now);
        Volatile.Write(ref _penalisedAt, now);
    }

    private void Learn(long generation, in AttemptOutcome outcome, double now)
    {
        switch (outcome.Result)
        {
            case AttemptResult.Success:
                if (outcome.Latency is { } latency)
                {
                    ObserveAnswer(latency, now);
                }

                Health.OnSuccess(outcome.Latency, generation, now);
                break;
            case AttemptResult.Overloaded:
            case AttemptResult.UpstreamFailed when Upstream is not null:
                Answers.AddRefused();
                Penalise(outcome.RetryAfter, now);
                Health.OnOverloaded(generation, now);
                break;
            default:
                if (outcome.Result != AttemptResult.ConnectFailed)
                {
                    Answers.AddRefused();
                }

                Penalise(outcome.RetryAfter, now);
                Health.OnFailure(outcome.Result == AttemptResult.ConnectFailed ? "no connection" : "gateway-class failure", outcome.Latency is not null, generation, now, outcome.TakesBack);
                break;
        }
    }

    private void ObserveAnswer(TimeSpan latency, double now)
    {
        Answers.Add(latency);
        _first.Count(now);
        _hot.Cost.Observe(latency.TotalSeconds, now);
        if (now - Volatile.Read(ref _penalisedAt) > PenaltyLasts)
        {
            Volatile.Write(ref _penalisedAt, double.NaN);
        }
    }

    private void TellConnected(long generation)
    {
        foreach (var breaker in Breakers)
        {
            breaker.OnConnected(generation);
        }
    }
}
