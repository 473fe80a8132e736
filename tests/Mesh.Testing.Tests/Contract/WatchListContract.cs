using System.Text.Json.Nodes;

namespace Mesh.Contract;

/// <summary>What a server with <see cref="KubernetesServerCapabilities.WatchList"/> does besides.</summary>
public abstract class WatchListContract : KubernetesContract
{
    [Fact]
    public async Task Watch_InitialEvents_EndWithTheirBookmarkAndGoOn()
    {
        await CreateConfigMapAsync("a", "\"k\":\"v\"");

        await using var watch = await Client.WatchAsync(
            $"{ConfigMaps}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&labelSelector=k");
        (await watch.NextAsync())!.Name.ShouldBe("a");
        var end = await watch.NextAsync();
        await CreateConfigMapAsync("b", "\"k\":\"v\"");

        end!.Type.ShouldBe("BOOKMARK");
        ((string?)end.Object["metadata"]!["annotations"]!["k8s.io/initial-events-end"]).ShouldBe("true");
        (await watch.NextAsync())!.Name.ShouldBe("b");
    }
}
