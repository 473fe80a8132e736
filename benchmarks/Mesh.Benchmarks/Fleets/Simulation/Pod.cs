namespace Mesh.Benchmarks.Fleets.Simulation;

/// <summary>
/// A backend: some workers, a queue with a limit, and answers that say how busy it is. Refusing costs it work too, so that far beyond its capacity it serves less than at it.
/// </summary>
internal sealed class Pod(VirtualTime time, Random random, int workers, double serviceSeconds)
{
    /// <summary>What it costs to refuse a request, beside serving one: at 245 % of its capacity a pod still serves half of it.</summary>
    private const double RefusalCost = 0.35;

    /// <summary>How long the longest queue takes to be served, in seconds.</summary>
    private const double QueueSeconds = 0.5;

    /// <summary>Over how long it averages what it reports, in seconds.</summary>
    private const double ReportSeconds = 1;

    private readonly int _queueLimit = (int)(QueueSeconds * workers / serviceSeconds);
    private readonly Queue<Action<PodAnswer>> _queue = new();
    private readonly Queue<(double At, double Utilization)> _said = new();
    private int _busy;
    private double _debt;
    private double _offered;
    private double _offeredAt;

    /// <summary>Whether it refuses connections.</summary>
    public bool IsDead { get; private set; }

    /// <summary>Whether its readiness probe succeeds.</summary>
    public bool IsReady { get; set; } = true;

    /// <summary>How much longer than usual it takes.</summary>
    public double Slowness { get; set; } = 1;

    /// <summary>What it says of its utilisation, given the truth; NaN = nothing.</summary>
    public Func<double, double> Says { get; set; } = static truth => truth;

    /// <summary>How old what it says is, in seconds.</summary>
    public double SaysLate { get; set; }

    /// <summary>What it can serve per second.</summary>
    public double Capacity => workers / (serviceSeconds * Slowness);

    /// <summary>Takes a request.</summary>
    /// <param name="answer">Called with the answer, now or later.</param>
    public void Send(Action<PodAnswer> answer)
    {
        CountOffered();
        if (_busy < workers)
        {
            Serve(answer);
        }
        else if (_queue.Count < _queueLimit)
        {
            _queue.Enqueue(answer);
        }
        else
        {
            _debt += RefusalCost * serviceSeconds * Slowness;
            answer(new PodAnswer(IsRefused: true, Report()));
        }
    }

    /// <summary>It refuses connections from now on; whoever waits or is being served gets no good answer.</summary>
    public void Die()
    {
        IsDead = true;
        while (_queue.TryDequeue(out var waiting))
        {
            // Once all that die together are dead.
            time.After(0, () => waiting(new PodAnswer(IsRefused: true, double.NaN)));
        }
    }

    /// <summary>It is back, and idle.</summary>
    public void Live()
    {
        IsDead = false;
        (_debt, _offered) = (0, 0);
    }

    private void Serve(Action<PodAnswer> answer)
    {
        _busy++;

        // Half of the time is always the same, so that requests differ as real ones do.
        var own = serviceSeconds * Slowness * (0.5 - 0.5 * Math.Log(1 - random.NextDouble()));
        var refused = Math.Min(_debt, 3 * serviceSeconds * Slowness);
        _debt -= refused;
        time.After(own + refused, () =>
        {
            _busy--;
            answer(IsDead ? new PodAnswer(IsRefused: true, double.NaN) : new PodAnswer(IsRefused: false, Report()));
            if (_queue.TryDequeue(out var next))
            {
                Serve(next);
            }
        });
    }

    private void CountOffered()
    {
        var now = time.Now;
        _offered = (_offered * Math.Exp((_offeredAt - now) / ReportSeconds)) + (1 / ReportSeconds);
        _offeredAt = now;
    }

    private double Report()
    {
        var now = time.Now;
        var truth = _offered * Math.Exp((_offeredAt - now) / ReportSeconds) / Capacity;
        if (SaysLate == 0)
        {
            return Says(truth);
        }

        // One value each tenth of a second is enough to be late with.
        if (_said.Count == 0 || now - _said.Last().At > 0.1)
        {
            _said.Enqueue((now, truth));
        }

        while (_said.Count > 1 && _said.Peek().At < now - SaysLate)
        {
            _said.Dequeue();
        }

        return Says(_said.Peek().Utilization);
    }
}
