using Microsoft.Extensions.DependencyInjection;

namespace Mesh.Backends;

/// <summary>A mesh whose <c>orders.sales</c> has near endpoints in the own cluster alpha, which get every request, and far ones in beta, for when those fail.</summary>
internal static class NearAndFar
{
    public static Task<TestMesh> StartAsync(
        Backend near,
        Backend? far,
        TimeProvider? clock = null,
        Action<MeshOptions>? options = null,
        Action<IServiceCollection>? configure = null) =>
        StartAsync([near.Port], far is null ? [] : [far.Port], clock, options, configure);

    public static async Task<TestMesh> StartAsync(
        int[] near,
        int[] far,
        TimeProvider? clock = null,
        Action<MeshOptions>? options = null,
        Action<IServiceCollection>? configure = null)
    {
        var mesh = await TestMesh.StartAsync(
            services =>
            {
                if (clock is not null)
                {
                    services.AddSingleton(clock);
                }

                configure?.Invoke(services);
            },
            mesh => mesh.Configure(options ?? (static _ => { })));
        mesh.SetOrders("alpha", near);
        mesh.SetOrders("beta", far);
        await mesh.Services.GetRequiredService<IMesh>().WaitForSyncAsync(Stop);
        return mesh;
    }
}
