namespace Mesh.Transport;

/// <summary>
/// Whether anything of one try was written to a connection. The HTTP handler sends a request again by itself where a kept connection closes before the answer; if no new connection can be made
/// then, the failure looks as if nothing had been sent. A request that must not run twice carries this along its asynchronous flow, and the connection that it is written to sets it.
/// </summary>
internal sealed class WriteMark
{
    private static readonly AsyncLocal<WriteMark?> Flowing = new();

    private volatile bool _isSet;

    /// <summary>Whether something was written.</summary>
    public bool IsSet => _isSet;

    /// <summary>Lets it flow with what is awaited from now on in the calling async method.</summary>
    public void Flow() => Flowing.Value = this;

    /// <summary>Something is written in the flow of a request; nothing happens where that carries no mark.</summary>
    public static void Set()
    {
        if (Flowing.Value is { } mark)
        {
            mark._isSet = true;
        }
    }
}
