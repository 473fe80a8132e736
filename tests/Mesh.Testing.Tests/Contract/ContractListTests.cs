namespace Mesh.Contract;

/// <summary>The list, the tests and the documentation say the same.</summary>
public sealed class ContractListTests
{
    private static readonly string Documentation = Path.Combine(RepositoryRoot(), "docs", "contract.md");

    [Fact]
    public void Behaviours_AreNumberedOneByOne() =>
        Behaviours.All.Select(static one => one.Number).ShouldBe(Enumerable.Range(1, 45));

    [Fact]
    public void EveryBehaviour_OnEveryProviderThatCan_HasATest()
    {
        var missing =
            from provider in BehaviourSelection.Providers
            from behaviour in Behaviours.All
            where behaviour.Need.IsMetBy(provider.Provider.Capabilities) && BehaviourSelection.Tests(provider.Tests, behaviour.Number).Count == 0
            select $"{behaviour.Number} on {provider.Provider.Name}";

        missing.ShouldBeEmpty();
    }

    [Fact]
    public void Documentation_HoldsTheTable()
    {
        var table = ContractTable.Markdown();

        File.ReadAllText(Documentation).ReplaceLineEndings("\n").ShouldContain(table, customMessage: $"Put this table into {Documentation}:\n{table}");
    }

    private static string RepositoryRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Mesh.sln"))) folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("No Mesh.sln above the tests.");
        return folder;
    }
}
