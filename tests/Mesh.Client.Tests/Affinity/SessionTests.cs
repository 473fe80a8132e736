using System.Net;
using Mesh.Backends;
using Microsoft.Extensions.DependencyInjection;

namespace Mesh.Affinity;

public class SessionTests
{
    [Fact]
    public async Task Cookie_FirstAnswer_SetsItAndLaterRequestsStay()
    {
        await using var fleet = await Fleet.StartAsync(5);
        await using var mesh = await StartAsync(fleet, SessionAffinity.Cookie);

        var (first, cookie) = await AskAsync(mesh);
        cookie.ShouldNotBeNull().ShouldMatch("^mesh-affinity=[0-9a-f]{16}; Max-Age=10800; Path=/; HttpOnly; SameSite=Lax$");
        cookie.ShouldNotContain("127");
        cookie.ShouldNotContain(first);
        for (var i = 0; i < 20; i++)
        {
            (await AskAsync(mesh, cookie.Split(';')[0])).ShouldBe((first, null));
        }
    }

    [Fact]
    public async Task Cookie_NameAndTimeout_AreThePolicys()
    {
        await using var fleet = await Fleet.StartAsync(2);
        await using var mesh = await StartAsync(fleet, SessionAffinity.Cookie, static o =>
        {
            o.Policy.SessionAffinityName = "stick";
            o.Policy.SessionAffinityTimeout = TimeSpan.FromSeconds(90);

            // The long way of a request.
            o.Policy.TryTimeout = TimeSpan.FromMinutes(50);
        });

        var (first, cookie) = await AskAsync(mesh);

        cookie.ShouldNotBeNull().ShouldMatch("^stick=[0-9a-f]{16}; Max-Age=90; Path=/");
        for (var i = 0; i < 10; i++)
        {
            (await AskAsync(mesh, cookie!.Split(';')[0])).ShouldBe((first, null));
        }
    }

    [Theory]
    [InlineData("mesh-affinity=0123456789abcdef")]
    [InlineData("mesh-affinity=rubbish")]
    [InlineData("mesh-affinity=")]
    [InlineData("mesh-affinity=zzzzzzzzzzzzzzzz")]
    [InlineData("mesh-affinity=0123456789abcdef0")]
    public async Task Cookie_ForgedOrForeign_CountsAsNone(string forged)
    {
        await using var fleet = await Fleet.StartAsync(3);
        await using var mesh = await StartAsync(fleet, SessionAffinity.Cookie, static o => o.Policy.LoadBalancing = "round-robin");

        var owners = new HashSet<string>();
        for (var i = 0; i < 60; i++)
        {
            var (owner, cookie) = await AskAsync(mesh, forged);
            cookie.ShouldNotBeNull();
            owners.Add(owner);
        }

        owners.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Cookie_ItsEndpointIsGone_ALiveOneAnswersAndTheCookieIsSetAnew()
    {
        await using var fleet = await Fleet.StartAsync(3);
        await using var mesh = await StartAsync(fleet, SessionAffinity.Cookie);
        var (first, cookie) = await AskAsync(mesh);
        mesh.SetOrders([.. fleet.Backends.Where(b => $"{b.Port}" != first)]);
        await Eventually.BecomesTrue(
            () => mesh.Services.GetRequiredService<IMesh>().Explain("orders.sales").Tiers.Single().Endpoints.Length == 2, "the endpoint is gone");

        var (second, renewed) = await AskAsync(mesh, cookie!.Split(';')[0]);

        second.ShouldNotBe(first);
        renewed.ShouldNotBeNull();
        (await AskAsync(mesh, renewed.Split(';')[0])).ShouldBe((second, null));
    }

    [Fact]
    public async Task Cookie_ItsEndpointIsDead_TheNextOneAnswersAndTheCookieNamesIt()
    {
        await using var fleet = await Fleet.StartAsync(2);
        await using var mesh = await StartAsync(fleet, SessionAffinity.Cookie);
        var (first, cookie) = await AskAsync(mesh);
        await fleet.Backends.Single(b => $"{b.Port}" == first).DisposeAsync();

        var (second, renewed) = await AskAsync(mesh, cookie!.Split(';')[0]);

        second.ShouldNotBe(first);
        (await AskAsync(mesh, renewed!.Split(';')[0])).ShouldBe((second, null));
    }

    [Fact]
    public async Task Header_SameClient_SameBackend()
    {
        await using var fleet = await Fleet.StartAsync(5);
        await using var mesh = await StartAsync(fleet, SessionAffinity.Header, static o => o.Policy.SessionAffinityName = "x-client");
        var owners = new HashSet<string>();
        for (var client = 0; client < 12; client++)
        {
            var first = await AskAsync(client);
            owners.Add(first);
            for (var i = 0; i < 4; i++)
            {
                (await AskAsync(client)).ShouldBe(first);
            }
        }

        owners.Count.ShouldBeGreaterThan(2);

        async Task<string> AskAsync(int client)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "http://orders.sales/");
            request.Headers.Add("x-client", $"client-{client}");
            using var response = await mesh.Client().SendAsync(request, Stop);
            response.Headers.Contains("Set-Cookie").ShouldBeFalse();
            return await response.Content.ReadAsStringAsync(Stop);
        }
    }

    [Fact]
    public async Task ClientIP_OfAnApplication_AllOfItsRequestsStayWithOneBackend()
    {
        await using var fleet = await Fleet.StartAsync(5);
        await using var mesh = await StartAsync(fleet, SessionAffinity.ClientIP);

        var (first, cookie) = await AskAsync(mesh);
        cookie.ShouldBeNull();
        for (var i = 0; i < 20; i++)
        {
            (await AskAsync(mesh)).ShouldBe((first, null));
        }
    }

    [Fact]
    public async Task None_NoCookieIsSet()
    {
        await using var fleet = await Fleet.StartAsync(2);
        await using var mesh = await StartAsync(fleet, SessionAffinity.None);

        (await AskAsync(mesh)).Cookie.ShouldBeNull();
    }

    private static async Task<(string Owner, string? Cookie)> AskAsync(TestMesh mesh, string? cookie = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://orders.sales/");
        if (cookie is not null)
        {
            request.Headers.Add("Cookie", $"other=1; {cookie}");
        }

        using var response = await mesh.Client().SendAsync(request, Stop);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return (await response.Content.ReadAsStringAsync(Stop), response.Headers.TryGetValues("Set-Cookie", out var set) ? set.Single() : null);
    }

    private static Task<TestMesh> StartAsync(Fleet fleet, SessionAffinity affinity, Action<MeshOptions>? configure = null) => TestMesh.StartAsync(
        null,
        mesh => mesh.Configure(o =>
        {
            o.Policy.SessionAffinity = affinity;
            configure?.Invoke(o);
        }),
        fleet.Backends);
}
