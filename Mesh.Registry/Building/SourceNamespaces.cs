using Microsoft.Extensions.Options;

namespace Mesh.Building;

/// <summary>
/// Makes the namespaces of a source that is at hand known before it has delivered, so that the first request to one of its services is not taken for a request to a public domain.
/// </summary>
internal sealed class SourceNamespaces(Func<IEnumerable<string>> read) : IPostConfigureOptions<MeshOptions>
{
    public void PostConfigure(string? name, MeshOptions options)
    {
        var known = options.Namespaces ?? [];
        var missing = read().Except(known, StringComparer.Ordinal).ToList();
        if (missing.Count > 0)
        {
            options.Namespaces = [.. known, .. missing];
        }
    }
}
