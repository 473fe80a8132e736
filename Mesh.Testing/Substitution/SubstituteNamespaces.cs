using Microsoft.Extensions.Options;

namespace Mesh.Substitution;

/// <summary>Makes the namespaces of declared services known from the start, as those of watched clusters are.</summary>
internal sealed class SubstituteNamespaces(SubstituteCatalog catalog) : IPostConfigureOptions<MeshOptions>
{
    public void PostConfigure(string? name, MeshOptions options) =>
        options.Namespaces = [.. options.Namespaces.Union(catalog.Namespaces, StringComparer.Ordinal)];
}
