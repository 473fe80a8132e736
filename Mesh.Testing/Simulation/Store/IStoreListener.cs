namespace Mesh.Simulation;

/// <summary>Is told that a resource type has changed; called under the store's lock, so it must only raise a flag.</summary>
internal interface IStoreListener
{
    void Wake();
}
