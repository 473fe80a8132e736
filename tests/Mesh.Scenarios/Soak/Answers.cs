using System.Globalization;

namespace Mesh.Soak;

/// <summary>What became of the requests of a <see cref="SoakRun"/>: how many, and each that went wrong.</summary>
internal sealed class Answers
{
    private const int Kept = 20;

    private readonly List<string> _wrong = [];
    private readonly List<string> _lost = [];
    private readonly Dictionary<string, long> _byCluster = [];

    public long Count { get; private set; }

    public int Wrong { get; private set; }

    public int Lost { get; private set; }

    /// <summary>Looks at what has come in.</summary>
    /// <param name="results">The answers.</param>
    /// <param name="during">What was going on.</param>
    public void Add(SendResults results, string during)
    {
        foreach (var result in results)
        {
            Count++;
            if (!result.Succeeded)
            {
                Lost++;
                Note(_lost, $"{result.Url} during {during}: {result.Failure}");
            }
            else if (result.ServedBy is not { } by || $"http://{by.Service}/" != result.Url)
            {
                Wrong++;
                Note(_wrong, $"{result.Url} during {during} was answered by {result.ServedBy}");
            }
            else
            {
                _byCluster[by.Cluster] = _byCluster.GetValueOrDefault(by.Cluster) + 1;
            }
        }
    }

    public override string ToString()
    {
        var shares = string.Join(", ", _byCluster.OrderBy(static c => c.Key, StringComparer.Ordinal).Select(static c => string.Create(CultureInfo.InvariantCulture, $"{c.Key} {c.Value}")));
        return string.Create(CultureInfo.InvariantCulture, $"{Count} requests, {Wrong} answered by another service, {Lost} lost; {shares}{Lines(_wrong)}{Lines(_lost)}");
    }

    private static string Lines(List<string> lines) => string.Concat(lines.Select(static l => $"\n  {l}"));

    private static void Note(List<string> notes, string what)
    {
        if (notes.Count < Kept)
        {
            notes.Add(what);
        }
    }
}
