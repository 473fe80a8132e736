namespace Mesh.Watch;

/// <summary>What went wrong with a request of a watcher.</summary>
internal enum WatchFailureKind
{
    /// <summary>No connection, a broken one, or no answer in time.</summary>
    Unreachable,

    /// <summary>The server's certificate was refused.</summary>
    Certificate,

    /// <summary>401: the credentials were refused, also after reading them again.</summary>
    Unauthorized,

    /// <summary>403: a permission is missing.</summary>
    Forbidden,

    /// <summary>410: the resource version is too old.</summary>
    Expired,

    /// <summary>The resource version is newer than anything the server has.</summary>
    TooLarge,

    /// <summary>429 or 503: the server asks to come later.</summary>
    Overloaded,

    /// <summary>Any other status.</summary>
    Status,

    /// <summary>The answer is not what the protocol says.</summary>
    Malformed,

    /// <summary>A watch ended at once with nothing in it.</summary>
    EndedAtOnce,

    /// <summary>A watch did not end when it should have.</summary>
    Idle,

    /// <summary>The server has more objects, or bytes of them, than are taken.</summary>
    TooMany,

    /// <summary>The connection's credentials or configuration cannot be read.</summary>
    Configuration,
}
