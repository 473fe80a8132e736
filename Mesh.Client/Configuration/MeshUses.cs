using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Mesh.Configuration;

/// <summary>Calls that mean something only where the mesh is added, so that its absence is said at start.</summary>
internal sealed class MeshUses
{
    public List<string> Calls { get; } = [];

    public static void Add(IServiceCollection services, string call)
    {
        services.AddOptions<MeshUses>().Configure(uses => uses.Calls.Add(call)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<MeshUses>, Validator>());
    }

    private sealed class Validator(IEnumerable<MeshAdded> added) : IValidateOptions<MeshUses>
    {
        public ValidateOptionsResult Validate(string? name, MeshUses options) => added.Any()
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(options.Calls.Distinct(StringComparer.Ordinal).Select(static c => $"{c}: there is no mesh in these services; call services.AddMeshRouting(…) too."));
    }
}
