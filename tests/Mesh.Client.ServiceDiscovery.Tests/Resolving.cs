using Mesh.Backends;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.ServiceDiscovery;

namespace Mesh;

/// <summary>The real resolver of service discovery over a mesh.</summary>
internal static class Resolving
{
    /// <summary>A mesh with the provider, and nothing in it yet.</summary>
    public static Task<TestMesh> StartAsync(
        Action<IServiceCollection>? configure = null,
        Action<MeshServiceEndpointProviderOptions>? options = null,
        Dictionary<string, string?>? settings = null,
        Action<IMeshBuilder>? mesh = null) =>
        TestMesh.StartAsync(
            services =>
            {
                services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings ?? []).Build());
                services.AddServiceDiscovery().AddMeshServiceEndpointProvider(options ?? (static _ => { }));
                configure?.Invoke(services);
            },
            mesh);

    public static ValueTask<ServiceEndpointSource> ResolveAsync(this TestMesh mesh, string name) =>
        mesh.Services.GetRequiredService<ServiceEndpointResolver>().GetEndpointsAsync(name, Stop);

    /// <summary>The endpoints as text, in order.</summary>
    public static async Task<string[]> AddressesAsync(this TestMesh mesh, string name) => [.. (await mesh.ResolveAsync(name)).Endpoints.Select(static e => e.ToString()!)];

    /// <summary>Resolves again and again until the answer is this one.</summary>
    public static async Task ShouldBecomeAsync(this TestMesh mesh, string name, params string[] addresses)
    {
        string[] found = [];
        for (var tries = 0; tries < 3000; tries++)
        {
            found = await mesh.AddressesAsync(name);
            if (found.SequenceEqual(addresses))
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Stop);
        }

        found.ShouldBe(addresses);
    }
}
