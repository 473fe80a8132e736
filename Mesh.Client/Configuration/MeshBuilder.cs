using Microsoft.Extensions.DependencyInjection;

namespace Mesh.Configuration;

internal sealed class MeshBuilder : IMeshBuilder
{
    public MeshBuilder(IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        Services = services;
    }

    public IServiceCollection Services { get; }
}
