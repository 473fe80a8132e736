namespace Mesh.Benchmarks.Reporting;

/// <summary>What a benchmark found.</summary>
/// <param name="Met">Whether every figure reached its goal.</param>
/// <param name="Figures">The figures that the goal speaks of, such as <c>61 ns, 0 B</c>.</param>
/// <param name="Goal">The goal, such as <c>≤ 80 ns, 0 B</c>.</param>
/// <param name="Columns">The table's head.</param>
/// <param name="Rows">The table, a cell per column.</param>
/// <param name="Notes">How it was measured, and what a reader should know; a paragraph each.</param>
internal sealed record BenchmarkReport(
    bool Met,
    string Figures,
    string Goal,
    IReadOnlyList<string> Columns,
    IReadOnlyList<IReadOnlyList<string>> Rows,
    IReadOnlyList<string> Notes);
