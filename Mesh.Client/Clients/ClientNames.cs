using Microsoft.Extensions.Http;
using Microsoft.Extensions.Options;

namespace Mesh.Clients;

/// <summary>The names of clients as far as they can be known: the factory keeps no list, but configuring a client leaves its name, and so does using it.</summary>
internal sealed class ClientNames(ClientDirectory used, IEnumerable<IConfigureOptions<HttpClientFactoryOptions>> factory, IEnumerable<IConfigureOptions<MeshClientOptions>> mesh)
{
    /// <summary>In order, without the empty name.</summary>
    public IReadOnlyCollection<string> All => new SortedSet<string>(
        used.Names
            .Concat(factory.OfType<ConfigureNamedOptions<HttpClientFactoryOptions>>().Select(static c => c.Name))
            .Concat(mesh.OfType<ConfigureNamedOptions<MeshClientOptions>>().Select(static c => c.Name))
            .OfType<string>()
            .Where(static n => n.Length > 0),
        StringComparer.Ordinal);
}
