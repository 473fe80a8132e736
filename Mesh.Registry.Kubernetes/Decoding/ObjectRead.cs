namespace Mesh.Decoding;

/// <summary>What came of taking an object.</summary>
internal enum ObjectRead
{
    /// <summary>Its end has not arrived.</summary>
    Incomplete,

    /// <summary>It is there.</summary>
    Value,

    /// <summary>It was passed over: it is larger than allowed.</summary>
    TooLarge,

    /// <summary>What has arrived is no beginning of any object: the stream is of no more use.</summary>
    Broken,
}
