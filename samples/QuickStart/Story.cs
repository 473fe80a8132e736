using System.Globalization;

namespace QuickStart;

/// <summary>Tells what happens, watches where requests go, and holds the mesh to it.</summary>
internal sealed class Story(SteadyLoad load)
{
    // Ejections and breakers let single requests try the dead again; so a phase is settled when this many in a row went where they should.
    private const int Settled = 150;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly LiveTable _table = new(load.Services);
    private readonly List<(string Title, Dictionary<string, int> Served)> _phases = [];
    private readonly List<string> _ends = [];
    private bool _isTrue = true;

    /// <summary>Lets something happen and waits until every request is served where it should be.</summary>
    public async Task TellAsync(string title, Func<Task> happen, string served)
    {
        var counts = new Dictionary<string, int>();
        _phases.Add((title, counts));
        _table.Begin(title);
        load.Start();
        await happen();
        var inARow = 0;
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            while (inARow < Settled)
            {
                var answer = await load.Answers.ReadAsync(patience.Token);
                Count(counts, answer);
                inARow = answer.Place == served ? inARow + 1 : 0;
                _table.Show(answer);
            }

            _ends.Add(served);
            _table.End($"true: {Settled} requests in a row served by {served}");
        }
        catch (OperationCanceledException)
        {
            _isTrue = false;
            _ends.Add("NOT TRUE");
            _table.End($"NOT TRUE: {Settled} requests in a row should have been served by {served} within {Patience.TotalSeconds} s");
        }
    }

    /// <summary>Ends the load and sums up; the exit code.</summary>
    public async Task<int> EndAsync()
    {
        await load.EndAsync();
        await foreach (var answer in load.Answers.ReadAllAsync())
        {
            Count(_phases[^1].Served, answer);
        }

        var sent = _phases.Sum(static p => p.Served.Values.Sum());
        var failed = _phases.Sum(static p => p.Served.GetValueOrDefault("failed"));
        Console.WriteLine();
        foreach (var (title, served) in _phases)
        {
            Console.WriteLine($"{title,-60} {Shares(served)}");
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{sent} requests sent, {failed} failed; served {string.Join(" → ", _ends)}"));
        return _isTrue && failed == 0 ? 0 : 1;
    }

    private static void Count(Dictionary<string, int> counts, Served answer)
    {
        var place = answer.Place ?? "failed";
        counts[place] = counts.GetValueOrDefault(place) + 1;
    }

    private static string Shares(Dictionary<string, int> served) =>
        string.Join(", ", served.OrderByDescending(static s => s.Value).Select(static s => $"{s.Key}: {s.Value}"));
}
