namespace Mesh.Decoding;

/// <summary>Cuts the body of a watch into its events.</summary>
internal interface IWatchReader : IBodyReader
{
    /// <summary>Whether the last event has not wholly arrived.</summary>
    bool InObject { get; }
}
