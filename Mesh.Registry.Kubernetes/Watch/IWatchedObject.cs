namespace Mesh.Watch;

/// <summary>What the engine needs of a decoded object.</summary>
internal interface IWatchedObject
{
    string ResourceVersion { get; }
}
