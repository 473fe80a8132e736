using Mesh.Servers;

namespace Mesh.Connection;

public sealed class FolderWatchTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mesh-folder-");
    private int _notices;

    [Fact]
    public async Task File_WrittenRenamedOverOrTakenAway_IsNoticed()
    {
        var path = Write("kubeconfig", "one");
        using var watch = Follow(path);

        await NoticedAsync(() => File.WriteAllText(path, "two"));
        await NoticedAsync(() => File.Move(Write("new", "three"), path, overwrite: true));
        await NoticedAsync(() => File.Delete(path));
    }

    [Fact]
    public async Task LinkOfAMountedSecret_Swapped_IsNoticed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Secrets are mounted so on Unix.");
        var path = MountedSecret.Write(_folder.FullName, ("kubeconfig", "one"));
        using var watch = Follow(path);

        await NoticedAsync(() => MountedSecret.Write(_folder.FullName, ("kubeconfig", "two")));

        (await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken)).ShouldBe("two");
    }

    [Fact]
    public async Task OtherFiles_OfTheFolder_AreNoneOfItsBusiness()
    {
        var path = Write("kubeconfig", "one");
        using var watch = Follow(path);

        // Events come in their order: when that of the file is there, those of the other are long past.
        Write("cache", "much");
        await NoticedAsync(() => File.Delete(path));

        Volatile.Read(ref _notices).ShouldBe(1);
    }

    [Fact]
    public async Task Files_OfAnotherFolder_AreFollowedInstead()
    {
        var sub = _folder.CreateSubdirectory("sub").FullName;
        var (first, second) = (Write("kubeconfig", "one"), Write(Path.Combine(sub, "kubeconfig"), "one"));
        using var watch = Follow(first);
        watch.Follow([second]);

        await NoticedAsync(() => File.Delete(second));
        var before = Volatile.Read(ref _notices);
        File.Delete(first);
        Write(second, "two");
        await Until.TrueAsync(() => Volatile.Read(ref _notices) > before);
    }

    [Fact]
    public void Folder_ThatIsNotThere_IsNoError()
    {
        using var watch = new FolderWatch(() => { });

        watch.Follow([Path.Combine(_folder.FullName, "nowhere", "kubeconfig")]);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private FolderWatch Follow(string path)
    {
        var watch = new FolderWatch(() => Interlocked.Increment(ref _notices));
        watch.Follow([path]);
        return watch;
    }

    private async Task NoticedAsync(Action change)
    {
        var before = Volatile.Read(ref _notices);
        change();
        await Until.TrueAsync(() => Volatile.Read(ref _notices) > before);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
