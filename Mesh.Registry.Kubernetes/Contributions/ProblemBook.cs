namespace Mesh.Contributions;

/// <summary>Which problems stand reported: each is named once until its words change, and taken back when it is gone.</summary>
internal sealed class ProblemBook(ICatalogSink sink, string source, ClusterId cluster)
{
    private readonly Dictionary<string, string> _reported = new(StringComparer.Ordinal);

    public void Report(string subject, string message, ServiceName? service)
    {
        if (_reported.TryGetValue(subject, out var known) && known == message) return;
        _reported[subject] = message;
        sink.ReportProblem(new CatalogProblem(source, cluster, subject, message) { Service = service });
    }

    public void Clear(string subject)
    {
        if (_reported.Remove(subject)) sink.ClearProblem(cluster, subject);
    }

    /// <summary>The catalog has forgotten them all.</summary>
    public void Forget() => _reported.Clear();
}
