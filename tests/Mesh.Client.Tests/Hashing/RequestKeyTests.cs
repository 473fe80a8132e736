using System.Text;
using Mesh.Backends;
using Microsoft.Extensions.DependencyInjection;

namespace Mesh.Hashing;

public class RequestKeyTests
{
    // XXH64, seed 0, of the reference implementation.
    [Theory]
    [InlineData("", 0xef46db3751d8e999UL)]
    [InlineData("a", 0xd24ec4f1a98c6e5bUL)]
    [InlineData("abc", 0x44bc2cf5ad770999UL)]
    public void Hash_AText_IsXxh64(string text, ulong hash) => RequestKeys.Hash(text).ShouldBe(hash);

    [Fact]
    public void Hash_ALongText_IsThatOfItsBytes()
    {
        var text = string.Concat(Enumerable.Repeat("ähnlich ", 1000));

        RequestKeys.Hash(text).ShouldBe(System.IO.Hashing.XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(text)));
    }

    [Theory]
    [InlineData("header:x-user", 5)]
    [InlineData("cookie:user", 5)]
    [InlineData("path", 5)]
    [InlineData("source-address", 1)]
    public async Task Send_SameKey_SameBackend(string key, int keys)
    {
        await using var fleet = await FleetAsync(6);
        await using var mesh = await StartAsync(fleet, key);
        var owners = new HashSet<string>();
        for (var user = 0; user < keys; user++)
        {
            var first = await AskAsync(mesh, user);
            owners.Add(first);
            for (var i = 0; i < 5; i++)
            {
                (await AskAsync(mesh, user)).ShouldBe(first);
            }
        }

        (owners.Count > 1).ShouldBe(keys > 1);
    }

    [Theory]
    [InlineData("maglev", "header:x-user")]
    [InlineData("hashing", "header:x-user")]
    public async Task Send_EveryNameOfHashing_SameKeySameBackend(string algorithm, string key)
    {
        await using var fleet = await FleetAsync(6);
        await using var mesh = await StartAsync(fleet, key, algorithm);

        var first = await AskAsync(mesh, 1);
        for (var i = 0; i < 10; i++)
        {
            (await AskAsync(mesh, 1)).ShouldBe(first);
        }
    }

    [Fact]
    public async Task Send_WithATimeLimit_SameKeySameBackend()
    {
        await using var fleet = await FleetAsync(6);
        await using var mesh = await StartAsync(fleet, "header:x-user", configure: static o => o.Policy.Timeout = TimeSpan.FromMinutes(50));

        var first = await AskAsync(mesh, 1);
        for (var i = 0; i < 10; i++)
        {
            (await AskAsync(mesh, 1)).ShouldBe(first);
        }
    }

    [Theory]
    [InlineData("header:x-none")]
    [InlineData("cookie:none")]
    public async Task Send_WithoutTheKey_IsSpread(string key)
    {
        await using var fleet = await FleetAsync(4);
        await using var mesh = await StartAsync(fleet, key);
        var owners = new HashSet<string>();

        for (var i = 0; i < 60; i++)
        {
            owners.Add(await AskAsync(mesh, 1));
        }

        owners.Count.ShouldBe(4);
    }

    [Fact]
    public void Key_SeveralValues_AreOneInWhateverOrder()
    {
        var policy = Policy("header:x-user");

        Of(policy, "b", "a").ShouldBe(Of(policy, "a", "b"));
        Of(policy, "a", "b").ShouldBe(RequestKeys.Hash("b", RequestKeys.Hash("a")));
        Of(policy, "a").ShouldBe(RequestKeys.Hash("a"));

        static ulong? Of(EffectivePolicy policy, params string[] values)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "http://orders.sales/");
            request.Headers.TryAddWithoutValidation("X-User", values);
            return RequestKeys.Of(policy, request).Hash;
        }
    }

    [Theory]
    [InlineData("a=1; user=two; b=3", "two")]
    [InlineData("user=two", "two")]
    [InlineData("xuser=one; user=\"two\"", "two")]
    [InlineData("User=one;user=two", "two")]
    [InlineData("user=first;user=second", "first")]
    [InlineData("user=", null)]
    [InlineData("user", null)]
    [InlineData(";;=;==;", null)]
    [InlineData("users=one", null)]
    public void Key_ACookie_IsFoundByItsName(string cookies, string? value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://orders.sales/");
        request.Headers.TryAddWithoutValidation("Cookie", cookies);

        RequestKeys.Of(Policy("cookie:user"), request).Hash.ShouldBe(value is null ? null : RequestKeys.Hash(value));
    }

    [Fact]
    public void Key_APath_IsWithoutItsQuery()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://orders.sales/items/7?page=2");

        RequestKeys.Of(Policy("path"), request).Hash.ShouldBe(RequestKeys.Hash("/items/7"));
    }

    [Theory]
    [InlineData("least-request")]
    [InlineData("round-robin")]
    [InlineData("random")]
    [InlineData("weighted-by-utilization")]
    [InlineData("least-work")]
    public void Key_TheAlgorithmDoesNotHash_NothingIsComputed(string algorithm)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://orders.sales/");
        var policy = Policy("path", algorithm);

        policy.IsKeyed.ShouldBeFalse();
        RequestKeys.Of(policy, request).ShouldBe(default);
    }

    [Fact]
    public void Key_NobodyAsks_AllocatesNothing()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://orders.sales/");
        var policy = Policy(null, "least-request");
        RequestKeys.Of(policy, request);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 1000; i++)
        {
            RequestKeys.Of(policy, request);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static EffectivePolicy Policy(string? key, string algorithm = "ring-hash")
    {
        var catalog = new MeshCatalog([], new MeshCatalogOptions(), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);
        using var router = new MeshRouter(
            catalog,
            new MeshRouterOptions { KnownNamespaces = ["sales"], IsConfigured = true },
            new Dictionary<string, EndpointPicker>(),
            TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);
        return router.GetRoute(
            router.Match(new Uri("http://orders.sales")),
            new ServicePolicy { LoadBalancing = algorithm, HashKey = HashKey.TryParse(key, out var parsed) ? parsed : null }).Policy;
    }

    private static async Task<string> AskAsync(TestMesh mesh, int user)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://orders.sales/{user}");
        request.Headers.Add("x-user", $"user-{user}");
        request.Headers.Add("Cookie", $"a=b; user=user-{user}");
        using var response = await mesh.Client().SendAsync(request, Stop);
        return await response.Content.ReadAsStringAsync(Stop);
    }

    private static Task<Fleet> FleetAsync(int count) => Fleet.StartAsync(count);

    private static Task<TestMesh> StartAsync(Fleet fleet, string key, string algorithm = "ring-hash", Action<MeshOptions>? configure = null) => TestMesh.StartAsync(
        null,
        mesh => mesh.Configure(o =>
        {
            o.Policy.LoadBalancing = algorithm;
            o.Policy.HashKey = key;
            configure?.Invoke(o);
        }),
        fleet.Backends);
}
