namespace QuickStart;

/// <summary>Who serves whom, redrawn in place in a terminal; plain lines elsewhere.</summary>
internal sealed class LiveTable(IReadOnlyList<string> services)
{
    private const int Window = 50;
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(100);

    private readonly bool _isTerminal = !Console.IsOutputRedirected;
    private readonly Dictionary<string, Queue<string>> _recent = services.ToDictionary(static s => s, static _ => new Queue<string>());
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

        if (_isTerminal && TimeProvider.System.GetElapsedTime(_drawn) >= Redraw)
        {
            Draw();
        }
    }

    public void End(string verdict)
    {
        Draw();
        Console.WriteLine($"   {verdict}");
    }

    private void Draw()
    {
        _drawn = TimeProvider.System.GetTimestamp();
        if (_isTerminal && _hasTable)
        {
            Console.Write($"\e[{services.Count}A");
        }

        _hasTable = true;
        foreach (var (service, recent) in _recent)
        {
            var shares = recent.CountBy(static place => place).OrderByDescending(static s => s.Value).Select(s => $"{s.Key} {100 * s.Value / recent.Count} %");
            Console.WriteLine($"   {service,-16} {string.Join("   ", shares)}{(_isTerminal ? "\e[K" : "")}");
        }
    }
}
