namespace Mesh.Benchmarks.Reporting;

/// <summary>One measured promise of the project (P1, P2 …).</summary>
internal interface IBenchmark
{
    /// <summary>The name by which it is run: <c>P1</c>.</summary>
    string Name { get; }

    /// <summary>What is measured, against what, in one line.</summary>
    string Title { get; }

    /// <summary>Measures. Throws only where it could not measure.</summary>
    Task<BenchmarkReport> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken);
}
