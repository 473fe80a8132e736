namespace Mesh.Substitution;

/// <summary>A service made of backends of one cluster.</summary>
internal static class BackendPods
{
    public static Action<MemoryServiceBuilder> Describe(BackendProtocols protocols, IReadOnlyList<Backend> backends)
    {
        if (backends.FirstOrDefault(b => b.Protocols != protocols) is { } other)
        {
            throw new ArgumentException($"Backend {other.Identity.Pod} speaks {other.Protocols} and another one {protocols}; the backends of a service speak the same.", nameof(backends));
        }

        // As the fixture's services have them.
        var options = new FixtureServiceOptions { Protocols = protocols };
        return service =>
        {
            service.Port(options.Port, options.PortName, options.AppProtocol);
            foreach (var backend in backends)
            {
                service.Endpoint(backend.EndPoint.Address.ToString(), backend.EndPoint.Port, backend.Identity.Zone, backend.Identity.Node);
            }
        };
    }
}
