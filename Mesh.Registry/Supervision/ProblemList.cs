namespace Mesh.Supervision;

/// <summary>
/// What was left out of one (source, cluster), by subject. Bounded: a hostile cluster must not fill the memory with its faults. Remembers across a reset
/// what was said before, so that the same fault read anew is not logged anew.
/// </summary>
internal sealed class ProblemList(string source, ClusterId cluster, int max)
{
    private readonly Lock _lock = new();
    private Dictionary<string, CatalogProblem> _problems = new(StringComparer.Ordinal);
    private Dictionary<string, CatalogProblem> _forgotten = new(StringComparer.Ordinal);
    private int _further;

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _problems.Count + _further;
            }
        }
    }

    /// <summary>Takes a problem; whether it is news.</summary>
    public bool Report(CatalogProblem problem)
    {
        lock (_lock)
        {
            var known = _problems.GetValueOrDefault(problem.Subject);
            if (known is null && _problems.Count >= max)
            {
                return _further++ == 0;
            }

            _problems[problem.Subject] = problem;
            return (known ?? _forgotten.GetValueOrDefault(problem.Subject))?.Message != problem.Message;
        }
    }

    /// <summary>Takes a problem away; whether it was there.</summary>
    public bool Clear(string subject)
    {
        lock (_lock)
        {
            _forgotten.Remove(subject);
            return _problems.Remove(subject);
        }
    }

    /// <summary>
    /// Forgets all, for a reset; whether there was anything. What is not reported again before the next reset is gone: should it come back, it is news.
    /// </summary>
    public bool Forget()
    {
        lock (_lock)
        {
            var had = _problems.Count > 0;
            _forgotten = _problems;
            _problems = new Dictionary<string, CatalogProblem>(StringComparer.Ordinal);
            _further = 0;
            return had;
        }
    }

    public void AddTo(List<CatalogProblem> list)
    {
        lock (_lock)
        {
            list.AddRange(_problems.Values);
            if (_further > 0)
            {
                list.Add(new CatalogProblem(source, cluster, "further problems", $"{_further} more things were left out than the {max} that are kept here."));
            }
        }
    }
}
