namespace QuickStart;

/// <summary>Who serves whom: a table redrawn in place in a terminal; elsewhere a line for each service that is served from somewhere else.</summary>
internal sealed class LiveTable(IReadOnlyList<string> services)
{
    private const int Window = 50;

    // Single requests try the dead again; so many alike in a row are a change.
    private const int Change = 5;
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(100);

    private readonly bool _isTerminal = !Console.IsOutputRedirected;
    private readonly Dictionary<string, Queue<string>> _recent = services.ToDictionary(static s => s, static _ => new Queue<string>());
    private readonly Dictionary<string, string> _told = [];
    private long _drawn;
    private bool _hasTable;

    public void Begin(string title)
    {
        Console.WriteLine();
        Console.WriteLine($"== {title}");
        _hasTable = false;
    }

    public void Show(Served answer)
    {
        var recent = _recent[answer.Service];
        recent.Enqueue(answer.Place ?? "failed");
        if (recent.Count > Window)
        {
            recent.Dequeue();
        }

        if (!_isTerminal)
        {
            Tell(answer.Service, recent);
        }
        else if (TimeProvider.System.GetElapsedTime(_drawn) >= Redraw)
        {
            Draw();
        }
    }

    public void End(string verdict)
    {
        if (_isTerminal)
        {
            Draw();
        }

        Console.WriteLine($"   {verdict}");
    }

    private void Tell(string service, Queue<string> recent)
    {
        var place = recent.Last();
        var told = _told.GetValueOrDefault(service);
        if (place != told && recent.TakeLast(Change).Count(p => p == place) == Change)
        {
            _told[service] = place;
            Console.WriteLine($"   {service,-16} {(told is null ? "" : $"{told} → ")}{place}");
        }
    }

    private void Draw()
    {
        _drawn = TimeProvider.System.GetTimestamp();
        if (_hasTable)
        {
            Console.Write($"\e[{services.Count}A");
        }

        _hasTable = true;
        foreach (var (service, recent) in _recent)
        {
            var shares = recent.CountBy(static place => place).OrderByDescending(static s => s.Value).Select(s => $"{s.Key} {100 * s.Value / recent.Count} %");
            Console.WriteLine($"   {service,-16} {string.Join("   ", shares)}\e[K");
        }
    }
}
