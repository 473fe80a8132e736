namespace Mesh.Simulation;

/// <summary>What is served now. Changed only inside a write of the store; read by anybody.</summary>
internal sealed class ServedCatalog(ResourceCatalog initial)
{
    private volatile ResourceCatalog _current = initial;

    public ResourceCatalog Current => _current;

    /// <summary>Serves a type, in the place of an earlier form of it.</summary>
    public void Serve(ResourceType type)
    {
        _current = new ResourceCatalog([.. _current.Types.Where(one => one.QualifiedPlural != type.QualifiedPlural), type]);
    }

    public void Withdraw(ResourceType type) => _current = new ResourceCatalog([.. _current.Types.Where(one => one != type)]);
}
