using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Mesh.Substitution;

/// <summary>Says at start where there is no mesh whose catalog could be replaced: the test would send to real hosts.</summary>
internal sealed class SubstitutedMesh(IServiceProvider services) : IValidateOptions<SubstitutedMeshOptions>
{
    public ValidateOptionsResult Validate(string? name, SubstitutedMeshOptions options) =>
        services.GetService<IServiceProviderIsService>()?.IsService(typeof(IMesh)) ?? true
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail("ReplaceMeshCatalog: there is no mesh in these services; call services.AddMeshRouting(…) too, as the application does.");
}
