using Mesh.Decoding;

namespace Mesh.Watch;

public sealed class ChangeBookTests
{
    private readonly ChangeBook<string> _book = new();

    [Fact]
    public void List_FirstAndAgain_TellsTheDifference()
    {
        List(("a", "1"), ("b", "2"));
        Told().ShouldBe(["Upserted a", "Upserted b", "Synced "]);

        List(("b", "3"), ("c", "4"));
        Told().ShouldBe(["Upserted b", "Upserted c", "Deleted a", "Synced "]);

        List(("b", "3"), ("c", "4"));
        Told().ShouldBe(["Synced "]);
    }

    [Fact]
    public void Changes_BetweenLists_CountAsTold()
    {
        List(("a", "1"));
        _book.Apply(Item("b", "2"));
        _book.Delete(Item("a", "3"));
        _book.Delete(Item("never", "4"));
        Told().ShouldBe(["Upserted a", "Synced ", "Upserted b", "Deleted a"]);

        List(("b", "2"));
        Told().ShouldBe(["Synced "]);
    }

    [Fact]
    public void List_BegunAndGivenUp_LeavesNoTrace()
    {
        List(("a", "1"));
        Told();
        _book.Init();
        _book.InitApply(Item("half", "2"));

        List(("a", "1"));

        Told().ShouldBe(["Synced "]);
    }

    [Fact]
    public void Object_DeletedWhileTheListArrives_IsNotThere()
    {
        _book.Init();
        _book.InitApply(Item("a", "1"));
        _book.InitDelete(Item("a", "2"));
        _book.InitDone();

        Told().ShouldBe(["Synced "]);
    }

    [Fact]
    public void Object_SkippedInANewList_StandsAsItWas()
    {
        List(("a", "1"), ("b", "2"));
        Told();

        _book.Init();
        _book.Skip(new ObjectIdentity("sales", "a"), "too large");
        _book.InitDone();
        Told().ShouldBe(["Skipped a", "Deleted b", "Synced "]);

        List();
        Told().ShouldBe(["Deleted a", "Synced "]);
    }

    private static CallerItem<string> Item(string name, string version) => new("sales", name, version, name);

    private void List(params (string Name, string Version)[] items)
    {
        _book.Init();
        foreach (var (name, version) in items) _book.InitApply(Item(name, version));
        _book.InitDone();
    }

    private List<string> Told()
    {
        var told = new List<string>();
        while (_book.TryTake(out var change)) told.Add($"{change.Kind} {change.Name}");
        return told;
    }
}
