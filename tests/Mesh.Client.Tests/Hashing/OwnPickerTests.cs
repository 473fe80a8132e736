using Mesh.Backends;
using Microsoft.Extensions.DependencyInjection;

namespace Mesh.Hashing;

/// <summary>An algorithm of the application's own, by its name in the policy of one service.</summary>
public class OwnPickerTests
{
    [Fact]
    public async Task Send_OneServiceNamesIt_ItChoosesThereAndSeesTheKeyAndTheTier()
    {
        await using var fleet = await Fleet.StartAsync(3);
        var picker = new KeyPicker();
        await using var mesh = await TestMesh.StartAsync(
            null,
            mesh =>
            {
                mesh.AddPicker("by-key", _ => picker);
                mesh.Configure(o => o.Services["orders.sales"] = new ServicePolicyOptions { LoadBalancing = "by-key", HashKey = "header:x-user" });
            },
            fleet.Backends);
        mesh.Source.Service("carts.sales", "alpha", s => Array.ForEach(fleet.Backends, b => s.Endpoint("127.0.0.1", b.Port)));

        (await AskAsync(mesh, "http://orders.sales/", "ann")).ShouldBe($"{fleet.Backends[(int)(RequestKeys.Hash("ann") % 3)].Port}");
        (await AskAsync(mesh, "http://orders.sales/", "ben")).ShouldBe($"{fleet.Backends[(int)(RequestKeys.Hash("ben") % 3)].Port}");
        await AskAsync(mesh, "http://carts.sales/", "ann");

        picker.Keys.ShouldBe([RequestKeys.Hash("ann"), RequestKeys.Hash("ben")]);
        picker.Tier.ShouldBe("same cluster: 3 of 3, by-key");
    }

    private static async Task<string> AskAsync(TestMesh mesh, string url, string user)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Add("x-user", user);
        using var response = await mesh.Client().SendAsync(request, Stop);
        return await response.Content.ReadAsStringAsync(Stop);
    }

    private sealed class KeyPicker : EndpointPicker
    {
        public List<ulong?> Keys { get; } = [];

        public string? Tier { get; private set; }

        public override bool IsConsistent => true;

        public override EndpointPicker ForTier(TierMembers tier)
        {
            Tier = $"{tier.Name}: {tier.Endpoints.Length} of {tier.All.Length}, {tier.Policy.LoadBalancing}";
            return this;
        }

        public override int Pick(in PickContext context)
        {
            Keys.Add(context.Hints.Hash);
            return (int)(context.Hints.Hash.GetValueOrDefault() % (uint)context.Endpoints.Length);
        }
    }
}
