using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Mesh.Clients;

/// <summary>Every client's settings by name, made when first asked for.</summary>
internal sealed class ClientDirectory(IOptionsMonitor<MeshClientOptions> clients, IOptionsMonitor<MeshTransportOptions> transport)
{
    private readonly ConcurrentDictionary<string, ClientSettings> _settings = new(StringComparer.Ordinal);

    /// <summary>The clients that were asked for.</summary>
    public ICollection<string> Names => _settings.Keys;

    /// <exception cref="OptionsValidationException">The client's settings are wrong; the message names each.</exception>
    public ClientSettings Get(string? name) => _settings.GetOrAdd(name ?? "", n => new ClientSettings(n, clients.Get(n), transport.CurrentValue));
}
