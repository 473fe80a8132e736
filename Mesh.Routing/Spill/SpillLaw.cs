namespace Mesh.Spill;

/// <summary>
/// Which part of a service's requests goes to each group of tiers, and which is turned away. It knows fractions of the own requests alone, so that it works alike for one caller and for a
/// thousand that see their own share only: all that ask the same clusters see the same reports and move alike. Not safe for several threads; knows neither a clock nor endpoints.
/// </summary>
internal sealed class SpillLaw
{
    private const double Complete = 0.005;
    private const double LeastDemand = 1e-6;

    // A part of the requests smaller than this is what rounding leaves, and none.
    private const double Trace = 1e-9;

    // After how many requests a dead cluster is known to be dead.
    private const double NoticedAfter = 2;

    private double _slowStart;
    private Demand _demand = new();
    private double[] _fractions = [];
    private double[] _capacity = [];

    // What reports speak of: they follow what is sent with a lag.
    private double[] _reported = [];

    // What others have put there, as last seen.
    private double[] _taken = [];
    private double[] _sinceLoss = [];

    // Of each fraction, and, last, of what is shed.
    private MoveDamper _damper = new();
    private double _sinceAnyLoss = double.PositiveInfinity;
    private double _shed;
    private double _lostFrom = double.PositiveInfinity;
    private double _hotSeconds;
    private int _hotReports;
    private ShedTrial _trial = new();

    /// <param name="slowStart">How long the nearest group takes, in seconds, from a tenth to all of the requests when it is back; 0 = no longer than any other change.</param>
    public SpillLaw(double slowStart) => _slowStart = slowStart;

    /// <summary>The part of the requests for each group; with <see cref="Shed"/> 1 together.</summary>
    public ReadOnlySpan<double> Fractions => _fractions;

    /// <summary>The part that is turned away.</summary>
    public double Shed => _shed;

    /// <summary>How full the clusters are made; above <see cref="SpillSettings.Aim"/> where that does not hold all of the demand.</summary>
    public double Level { get; private set; } = SpillSettings.Aim;

    /// <summary>What the own callers ask for, in units of capacity; NaN before it was measured.</summary>
    public double Measured { get; private set; } = double.NaN;

    /// <summary>Whether everything goes to the nearest group.</summary>
    public bool IsCalm => _shed == 0 && (_fractions.Length == 0 || _fractions[0] == 1);

    /// <summary>One that goes on from here by itself.</summary>
    public SpillLaw Copy() => Copy(_slowStart);

    /// <summary>The same with another slow start.</summary>
    /// <param name="slowStart">See the constructor.</param>
    public SpillLaw Copy(double slowStart)
    {
        var copy = (SpillLaw)MemberwiseClone();
        copy._slowStart = slowStart;
        copy._demand = _demand.Copy();
        copy._fractions = [.. _fractions];
        copy._capacity = [.. _capacity];
        copy._reported = [.. _reported];
        copy._taken = [.. _taken];
        copy._sinceLoss = [.. _sinceLoss];
        copy._damper = _damper.Copy();
        return copy;
    }

    /// <summary>
    /// Takes capacities in as they are now, at once: what lost some is relieved before the next second. Groups may come, go and change their order.
    /// </summary>
    /// <param name="groups">The groups, nearest first.</param>
    /// <param name="before">The place that each had before, −1 for a new one.</param>
    /// <returns>Whether fractions have changed.</returns>
    public bool Arrange(ReadOnlySpan<GroupLoad> groups, ReadOnlySpan<int> before)
    {
        var isFirst = _fractions.Length == 0;
        Rearrange(groups, before);
        if (groups.Length == 0)
        {
            return !isFirst;
        }

        if (IsBackFromBlip(groups))
        {
            Array.Clear(_fractions);
            (_fractions[0], _shed, _capacity[0]) = (1, 0, groups[0].Capacity);
            _fractions.CopyTo(_reported, 0);
            return true;
        }

        var isLoss = isFirst;
        if (isFirst && !groups[0].HasCapacity)
        {
            _sinceLoss[0] = 0;
        }

        for (var i = 0; i < groups.Length; i++)
        {
            if (groups[i].Capacity < _capacity[i])
            {
                // A single pod of another cluster is no news: the next second sees to it.
                var isLarge = i == 0 || groups[i].Capacity <= SpillSettings.LargeLoss * _capacity[i];
                if (i == 0 && IsCalm)
                {
                    _lostFrom = _capacity[0];
                }

                _sinceLoss[i] = isLarge ? 0 : _sinceLoss[i];
                _sinceAnyLoss = isLarge ? 0 : _sinceAnyLoss;
                isLoss |= isLarge && _fractions[i] > 0;
            }

            _capacity[i] = groups[i].Capacity;
        }

        if (!isLoss || IsStillEnough(groups[0]))
        {
            return false;
        }

        var old = (double[])_fractions.Clone();
        var oldShed = _shed;
        var aims = new double[groups.Length];
        _shed = Solve(groups, useReports: false, aims, out _);
        aims.CopyTo(_fractions, 0);

        // Whoever asks seldom notices a loss late: by then reports speak of what the others of its cluster have already done about it.
        var noticed = isFirst ? 1 : 1 - Math.Exp(-_demand.SecondsPerRequest * NoticedAfter / SpillSettings.ReportLag);
        for (var i = 0; i < groups.Length; i++)
        {
            _reported[i] += noticed * (_fractions[i] - _reported[i]);
        }

        return oldShed != _shed || !old.AsSpan().SequenceEqual(_fractions);
    }

    /// <summary>Moves on by what the last second showed.</summary>
    /// <param name="groups">The groups, in the order of the last <see cref="Arrange"/>.</param>
    /// <param name="rate">The own requests per second.</param>
    /// <param name="elapsed">Seconds since the last time.</param>
    /// <returns>Whether fractions have changed.</returns>
    public bool Tick(ReadOnlySpan<GroupLoad> groups, double rate, double elapsed)
    {
        if (groups.Length != _fractions.Length || groups.Length == 0 || !(elapsed > 0))
        {
            return false;
        }

        _sinceAnyLoss += elapsed;
        for (var i = 0; i < groups.Length; i++)
        {
            _sinceLoss[i] += elapsed;
            var follow = 1 - Math.Exp(-elapsed / (SpillSettings.ReportLag + groups[i].Age));
            _reported[i] += follow * (_fractions[i] - _reported[i]);
        }

        _demand.Observe(groups[0], _reported[0], rate, elapsed, _sinceLoss[0] >= SpillSettings.SettlingSeconds);
        Measured = _demand.IsKnown ? _demand.Of(groups[0]) : double.NaN;
        _trial.Observe(Refused(groups), _shed, elapsed);
        var isHot = IsHot(groups[0], elapsed);
        if (IsCalm && !isHot && (groups[0].IsKnown || groups[0].BasePart >= 1))
        {
            Level = SpillSettings.Aim;
            return false;
        }

        return Move(groups, rate, elapsed);
    }

    private void Rearrange(ReadOnlySpan<GroupLoad> groups, ReadOnlySpan<int> before)
    {
        _fractions = PlaceOrder.Carry(_fractions, before, groups.Length, 0);
        _reported = PlaceOrder.Carry(_reported, before, groups.Length, 0);
        _taken = PlaceOrder.Carry(_taken, before, groups.Length, double.NaN);
        _sinceLoss = PlaceOrder.Carry(_sinceLoss, before, groups.Length, double.PositiveInfinity);
        _damper.Rearrange(before, groups.Length);

        // A group that is new has lost nothing; where one that had a share is gone, what is left of the shares says so.
        var kept = PlaceOrder.Carry(_capacity, before, groups.Length, -1);
        var sum = _shed;
        for (var i = 0; i < groups.Length; i++)
        {
            kept[i] = kept[i] < 0 ? groups[i].Capacity : kept[i];
            sum += _fractions[i];
        }

        _capacity = kept;
        if (sum < 1 - Trace && groups.Length > 0)
        {
            // It counts as lost by the nearest: from there it is spread again.
            _fractions[0] += 1 - sum;
            _capacity[0] = double.PositiveInfinity;
        }
    }

    // All that was lost is there again, before anything could get cold.
    private bool IsBackFromBlip(ReadOnlySpan<GroupLoad> groups) =>
        !IsCalm && _sinceLoss[0] < SpillSettings.BlipSeconds && groups[0].Capacity > _capacity[0] && groups[0].Capacity >= Math.Min(_lostFrom, groups[0].FullCapacity);

    // Nothing goes elsewhere, and what is left of the nearest carries all of it.
    private bool IsStillEnough(in GroupLoad nearest) =>
        IsCalm && nearest.HasCapacity && (nearest.IsKnown && _demand.IsKnown ? _demand.Of(nearest) + Math.Max(0, Held(_taken[0])) < SpillSettings.Cut * nearest.Capacity : nearest.BasePart >= 1);

    private static double Held(double taken) => double.IsNaN(taken) ? 0 : taken;

    private bool IsHot(in GroupLoad nearest, double elapsed)
    {
        if (!(nearest.Utilization >= SpillSettings.Cut))
        {
            (_hotSeconds, _hotReports) = (0, 0);
            return false;
        }

        _hotSeconds += elapsed;
        _hotReports += nearest.Reports;

        // An estimate is made of many answers.
        return nearest.IsOverloaded || (_hotSeconds >= SpillSettings.EvidenceSeconds && (!nearest.IsReported || _hotReports >= SpillSettings.EvidenceReports));
    }

    // The fractions that would be right by what is known; returns the part that nobody has room for.
    private double Solve(ReadOnlySpan<GroupLoad> groups, bool useReports, double[] aims, out bool isTight)
    {
        var demand = Math.Max(_demand.Of(groups[0]), LeastDemand);
        Span<double> capacity = stackalloc double[groups.Length];
        Span<double> taken = stackalloc double[groups.Length];
        Span<double> most = stackalloc double[groups.Length];
        var (maySay, maySee) = (true, _trial.IsOpen && GroupLoads.IsSomeLost(groups));
        for (var i = 0; i < groups.Length; i++)
        {
            ref readonly var group = ref groups[i];
            capacity[i] = group.Capacity;
            most[i] = double.PositiveInfinity;
            var saysIt = !group.HasCapacity || (group.IsReported && group.IsKnown && group.Age <= SpillSettings.TrustedAge);
            maySay &= saysIt;
            maySee &= saysIt || group.IsRefusing;
            if (IsTaken(group, i, useReports))
            {
                taken[i] = _taken[i] = Taken(group, i, demand, useReports);
            }
            else if (i == 0 || _demand.IsSmall)
            {
                _taken[i] = double.NaN;
                (taken[i], most[i]) = (double.NegativeInfinity, group.BasePart * demand);
            }
            else
            {
                _taken[i] = double.NaN;
                taken[i] = SpillSettings.Assumed * group.Capacity;
            }

            if (!group.HasCapacity)
            {
                most[i] = 0;
            }
        }

        var left = WaterLevel.Fill(demand, capacity, taken, most, aims, out var level);
        Level = level;
        isTight = level > SpillSettings.Aim;
        var shed = left * (maySay || maySee ? GroupLoads.FullnessOf(groups) : 0);
        var stays = left - (maySay ? shed : Math.Min(shed, _trial.Most * demand));
        if (stays > 0)
        {
            Leftover.Spread(groups, _fractions, stays, aims);
            left -= stays;
        }

        var sum = left;
        foreach (var aim in aims)
        {
            sum += aim;
        }

        for (var i = 0; i < aims.Length; i++)
        {
            aims[i] /= sum;
        }

        return left / sum;
    }

    // Whoever gets nothing of us yet, and was heard of all the same, was so by second tries, in the middle of what others do about the same loss.
    private bool IsTaken(in GroupLoad group, int index, bool useReports) => group.IsKnown && (useReports || index == 0 || _fractions[index] > 0);

    // The load that is there without ours. Right after a loss reports speak of before it.
    private double Taken(in GroupLoad group, int index, double demand, bool useReports)
    {
        if (!double.IsNaN(_taken[index]) && (!useReports || _sinceLoss[index] < SpillSettings.SettlingSeconds))
        {
            return _taken[index];
        }

        var ours = (group.IsReported ? _reported[index] : _fractions[index]) * demand;
        if (double.IsNaN(_taken[index]) && _sinceLoss[index] < SpillSettings.SettlingSeconds)
        {
            return 0;
        }

        var taken = group.Trusted * group.Capacity - ours;
        return group.Utilization >= 1 || (index > 0 && _sinceAnyLoss < SpillSettings.CautionSeconds) ? Math.Max(taken, 0) : taken;
    }

    // The part of the own requests that was refused, wherever they went.
    private double Refused(ReadOnlySpan<GroupLoad> groups)
    {
        var refused = 0.0;
        for (var i = 0; i < groups.Length; i++)
        {
            refused += _fractions[i] * groups[i].Refused;
        }

        return refused;
    }

    private bool Move(ReadOnlySpan<GroupLoad> groups, double rate, double elapsed)
    {
        var aims = new double[groups.Length];
        var aimShed = Solve(groups, useReports: true, aims, out var isTight);
        if (isTight)
        {
            SpillMoves.KeepTrickles(groups, rate, aims);
        }

        var isSettling = _sinceAnyLoss < SpillSettings.SettlingSeconds;
        var isRefused = false;
        foreach (ref readonly var group in groups)
        {
            isRefused |= group.HasCapacity && group.IsOverloaded;
        }

        var step = Math.Min(1, elapsed * (isSettling || isRefused ? SpillSettings.StepAfterLoss : SpillSettings.Step));
        var moves = new double[groups.Length + 1];
        var oldest = 0.0;
        for (var i = 0; i < groups.Length; i++)
        {
            var isQuick = !groups[i].HasCapacity || (isSettling && groups[i].Reports > 0) || groups[i].IsOverloaded || (groups[i].Utilization > 1 && groups[i].Reports >= SpillSettings.QuickReports);
            var age = groups[i].IsKnown ? groups[i].Age : 0;
            oldest = Math.Max(oldest, groups[i].HasCapacity ? age : 0);
            moves[i] = SpillMoves.Of(_fractions[i], aims[i], step, groups[i].HasCapacity ? _damper[i] * SpillMoves.Gain(isQuick, age, elapsed) : 1);
        }

        moves[0] = Math.Min(moves[0], MostRise(elapsed, step));
        moves[^1] = SpillMoves.Of(_shed, aimShed, step, _damper[^1] * SpillMoves.Gain(isRefused || (isSettling && oldest < 1), oldest, elapsed));
        SpillMoves.Balance(moves, aims);
        _damper.Observe(moves, elapsed, isSettling);
        return Apply(groups, moves);
    }

    // What comes back is slowly started: connections, caches and compilers are cold. But to be answered slowly is better than to be turned away.
    private double MostRise(double elapsed, double step) =>
        _slowStart <= 0 ? step : Math.Min(step, _shed) + Math.Max((1 - SpillSettings.SlowStartFrom) / _slowStart * elapsed, SpillSettings.SlowStartFrom - _fractions[0]);

    private bool Apply(ReadOnlySpan<GroupLoad> groups, double[] moves)
    {
        var changed = false;
        var sum = _shed = Moved(_shed, moves[^1]);
        for (var i = 0; i < groups.Length; i++)
        {
            var next = Moved(_fractions[i], moves[i]);
            changed |= next != _fractions[i];
            sum += _fractions[i] = next;
        }

        for (var i = 0; i < groups.Length; i++)
        {
            _fractions[i] /= sum;
        }

        _shed /= sum;
        changed |= moves[^1] != 0;
        if (_fractions[0] > 1 - Complete && moves[0] >= 0)
        {
            Array.Clear(_fractions);
            (_fractions[0], _shed) = (1, 0);
            changed = true;
        }

        return changed;

        // What leaves altogether leaves a trace of rounding, which would be a share, or shedding, to whoever asks for one.
        static double Moved(double from, double move) => Math.Clamp(from + move, 0, 1) is var next && next < Trace ? 0 : next;
    }
}
