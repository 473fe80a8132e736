using Mesh.Backends;
using Mesh.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Mesh.Configuration;

/// <summary>What becomes of a configuration that changes while the process runs.</summary>
public sealed class SectionFollowerTests : IDisposable
{
    private readonly IConfigurationRoot _configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
    {
        ["Mesh:Policy:MaxRetries"] = "2",
        ["Mesh:Locality:Zone"] = "eu-1",
    }).Build();

    public void Dispose() => (_configuration as IDisposable)?.Dispose();

    [Fact]
    public async Task Policy_Changes_HoldsFromTheNextRequestOn()
    {
        await using var near = await Backend.SayingAsync("near");
        await using var far = await Backend.SayingAsync("far");
        await using var mesh = await StartAsync(near, far);
        (await mesh.Client().GetStringAsync("http://orders.sales/", Stop)).ShouldBe("near");

        Change(("Mesh:Services:orders.sales:Mode", "ActiveActive"), ("Mesh:Services:orders.sales:Targets:0", "beta"));

        (await mesh.Client().GetStringAsync("http://orders.sales/", Stop)).ShouldBe("far");
        Logged(mesh, 1320).ShouldHaveSingleItem().ShouldContain("Mesh:Services:orders.sales:Mode, Mesh:Services:orders.sales:Targets:0.");

        Change(("Mesh:Services:orders.sales:Mode", "Locality"));

        (await mesh.Client().GetStringAsync("http://orders.sales/", Stop)).ShouldBe("near");
    }

    [Fact]
    public async Task Policy_CannotBeFollowed_NothingChangesUntilItCan()
    {
        await using var near = await Backend.SayingAsync("near");
        await using var far = await Backend.SayingAsync("far");
        await using var mesh = await StartAsync(near, far);
        Degraded.Now(mesh, "configuration_refused").ShouldBe("0");

        Change(("Mesh:Services:orders.sales:Mode", "ActiveActive"), ("Mesh:Services:orders.sales:Targets:0", "beta"), ("Mesh:Policy:MaxRetries", "99"), ("Mesh:Policy:TryTimeout", "5"));

        (await mesh.Client().GetStringAsync("http://orders.sales/", Stop)).ShouldBe("near");
        var refused = Logged(mesh, 1321).ShouldHaveSingleItem();
        refused.ShouldContain("Mesh:Policy:MaxRetries is 99: use 0 to 10.");
        refused.ShouldContain("Mesh:Policy:TryTimeout is '5'");
        Degraded.Now(mesh, "configuration_refused").ShouldBe("1");

        Change(("Mesh:Policy:MaxRetries", "3"), ("Mesh:Policy:TryTimeout", "5s"));
        _configuration.Reload();

        Degraded.Now(mesh, "configuration_refused").ShouldBe("0");
        (await mesh.Client().GetStringAsync("http://orders.sales/", Stop)).ShouldBe("far");
        mesh.Services.GetRequiredService<IMesh>().Explain("orders.sales").Policy.ShouldContain(static f => f.Name == "MaxRetries" && f.Value == "3");
        Logged(mesh, 1321).Count.ShouldBe(1, "the same is not said twice");
    }

    [Fact]
    public async Task Configure_OfTheApplicationThrows_IsRefusedAndWhoWatchesTheFileIsSpared()
    {
        await using var near = await Backend.SayingAsync("near");
        var isBroken = false;
        await using var mesh = await NearAndFar.StartAsync(
            near,
            null,
            options: o => o.Seed = isBroken ? throw new FormatException("No such thing.") : 7,
            configure: services => services.AddMeshRouting(_configuration.GetSection("Mesh")));
        isBroken = true;

        Change(("Mesh:Policy:MaxRetries", "3"));

        Logged(mesh, 1321).ShouldHaveSingleItem().ShouldContain("No such thing.");
        (await mesh.Client().GetStringAsync("http://orders.sales/", Stop)).ShouldBe("near");
    }

    [Fact]
    public async Task WhatIsReadAtTheStart_Changes_IsNamedUntilItIsAsItWas()
    {
        await using var near = await Backend.SayingAsync("near");
        await using var mesh = await StartAsync(near, null);

        Change(("Mesh:Locality:Zone", "eu-2"));

        Logged(mesh, 1322).ShouldHaveSingleItem().ShouldContain("Mesh:Locality:Zone.");
        Degraded.Now(mesh, "restart_needed").ShouldBe("1");

        Change(("Mesh:Locality:Zone", "eu-1"));

        Degraded.Now(mesh, "restart_needed").ShouldBe("0");
        Logged(mesh, 1320).ShouldBeEmpty();
    }

    [Fact]
    public async Task WhatIsNotTheMeshs_Changes_NothingIsSaid()
    {
        await using var near = await Backend.SayingAsync("near");
        await using var mesh = await StartAsync(near, null);

        Change(("MeshOther:Policy:MaxRetries", "4"), ("Logging:LogLevel:Default", "Debug"));

        mesh.Logs.GetSnapshot().ShouldNotContain(static l => l.Id.Id >= 1320 && l.Id.Id <= 1322);
    }

    private Task<TestMesh> StartAsync(Backend near, Backend? far) =>
        NearAndFar.StartAsync(near, far, configure: services => services.AddMeshRouting(_configuration.GetSection("Mesh")));

    // As a file's provider does it: all values, and then the word that they have changed.
    private void Change(params (string Key, string? Value)[] settings)
    {
        foreach (var (key, value) in settings)
        {
            _configuration.Providers.Single().Set(key, value);
        }

        _configuration.Reload();
    }

    private static List<string> Logged(TestMesh mesh, int id) => [.. mesh.Logs.GetSnapshot().Where(l => l.Id.Id == id).Select(static l => l.Message)];
}
