using System.Collections.Concurrent;
using System.Reflection;
using Mesh.Contract;

[assembly: AssemblyFixture(typeof(ContractReport))]

namespace Mesh.Contract;

/// <summary>Keeps how the tests of the contract ended and prints the table at the end of a run that had some.</summary>
public sealed class ContractReport : IDisposable
{
    /// <summary>Names the folder of the run's reports; the table is put there too.</summary>
    private const string ReportsVariable = "MeshTestReports";

    private static readonly ConcurrentDictionary<(string Provider, int Behaviour), TestResult> Results = [];

    /// <summary>Notes the test that is just over. A behaviour is kept if all of its tests passed.</summary>
    internal static void Record(Type tests)
    {
        var context = TestContext.Current;
        if (context.TestState is not { } state || (context.TestMethod as Xunit.v3.IXunitTestMethod)?.Method is not { } method) return;
        var provider = BehaviourSelection.ProviderOf(tests).Name;
        foreach (var number in method.GetCustomAttributes().OfType<IBehaviourAttribute>().SelectMany(static one => one.Numbers))
            Results.AddOrUpdate((provider, number), state.Result, (_, before) => Worse(before, state.Result));
    }

    /// <summary>Prints.</summary>
    public void Dispose()
    {
        if (Results.IsEmpty) return;
        var table = ContractTable.Text((provider, tests, number) => Results.TryGetValue((provider, number), out var result)
            ? result switch { TestResult.Passed => "✓", TestResult.Failed => "✗", _ => "skipped" }
            : BehaviourSelection.Tests(tests, number).Count == 0 ? "–" : "not run");
        Console.WriteLine(table);

        // 'dotnet test' shows what tests print only of those that fail.
        if (Environment.GetEnvironmentVariable(ReportsVariable) is not { Length: > 0 } folder) return;
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "contract.txt"), table + Environment.NewLine);
    }

    private static TestResult Worse(TestResult left, TestResult right) =>
        left == TestResult.Failed || right == TestResult.Failed ? TestResult.Failed : left == TestResult.Passed ? right : left;
}
