namespace Mesh;

/// <summary>An assertion about a test world does not hold; the message shows what was seen.</summary>
public sealed class MeshAssertionException : Exception
{
    /// <summary>Says nothing.</summary>
    public MeshAssertionException()
    {
    }

    /// <summary>Says what should have been and what was.</summary>
    public MeshAssertionException(string message)
        : base(message)
    {
    }

    /// <summary>Says what should have been, what was, and why.</summary>
    public MeshAssertionException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
