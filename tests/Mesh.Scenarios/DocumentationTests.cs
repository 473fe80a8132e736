namespace Mesh;

/// <summary>What the documentation shows is code that compiles: each of its C# blocks stands in <c>samples/Snippets</c>.</summary>
public class DocumentationTests
{
    private static readonly string Root = Repository.Root;

    public static TheoryData<string> Pages() =>
        [.. new[] { "README.md", "CONTRIBUTING.md" }.Concat(Under("nuget/readme", "*.md")).Concat(Under("docs", "*.md"))];

    [Theory]
    [MemberData(nameof(Pages))]
    public void EveryBlockOfCode_StandsInTheCompiledSnippets(string page)
    {
        var compiled = Under("samples/Snippets", "*.cs").Select(f => Lines(File.ReadLines(Path.Combine(Root, f)))).ToArray();
        foreach (var block in Blocks(File.ReadLines(Path.Combine(Root, page))))
        {
            compiled.ShouldContain(c => c.Contains(Lines(block), StringComparison.Ordinal), $"{page} shows code that no file of samples/Snippets holds:\n{string.Join('\n', block)}");
        }
    }

    [Fact]
    public void Readme_HasCode() => Blocks(File.ReadLines(Path.Combine(Root, "README.md"))).ShouldNotBeEmpty();

    private static IEnumerable<string> Under(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), pattern).Select(f => Path.GetRelativePath(Root, f)).Order(StringComparer.Ordinal);

    private static List<List<string>> Blocks(IEnumerable<string> lines)
    {
        var blocks = new List<List<string>>();
        var isOpen = false;
        foreach (var line in lines)
        {
            if (!line.StartsWith("```", StringComparison.Ordinal))
            {
                if (isOpen) blocks[^1].Add(line);
                continue;
            }

            isOpen = !isOpen && line is "```csharp";
            if (isOpen) blocks.Add([]);
        }

        return blocks;
    }

    // The indentation is the file's; blank lines are the page's.
    private static string Lines(IEnumerable<string> lines) => string.Join('\n', lines.Select(l => l.Trim()).Where(l => l.Length > 0));
}
