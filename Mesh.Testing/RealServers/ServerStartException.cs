namespace Mesh;

/// <summary>A server process did not start. The message has its command line, the end of its log and what to try.</summary>
public sealed class ServerStartException : Exception
{
    /// <summary>Makes the exception without further word.</summary>
    public ServerStartException()
    {
    }

    /// <summary>Makes the exception.</summary>
    public ServerStartException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception.</summary>
    public ServerStartException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
