namespace Mesh.Network;

/// <summary>One connection over a link: the two ends and a flow each way.</summary>
internal sealed class LinkConnection : IAsyncDisposable
{
    private readonly NetworkLink _link;
    private readonly LinkEnd _opener;
    private readonly LinkEnd _acceptor;
    private readonly LinkFlow _forward;
    private readonly LinkFlow _backward;

    private LinkConnection(NetworkLink link, LinkEnd opener, LinkEnd acceptor)
    {
        (_link, _opener, _acceptor) = (link, opener, acceptor);
        _forward = new LinkFlow(opener, acceptor, link.Forward, link.Time, Abort);
        _backward = new LinkFlow(acceptor, opener, link.Backward, link.Time, Abort);
    }

    /// <summary>
    /// Carries bytes between the ends, as the link allows, until both directions have ended; then closes both ends.
    /// Cancelling closes them at once.
    /// </summary>
    public static async Task RunAsync(NetworkLink link, LinkEnd opener, LinkEnd acceptor, CancellationToken cancellationToken)
    {
        var connection = new LinkConnection(link, opener, acceptor);
        await using var ended = connection.ConfigureAwait(false);
        link.Add(connection);
        try
        {
            // A cut that came between the opening and here has not met this connection.
            if (link.Forward.State.Fault == LinkFault.Cut) connection.Abort();
            await Task.WhenAll(connection._forward.RunAsync(cancellationToken), connection._backward.RunAsync(cancellationToken))
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            connection.Abort();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _link.Remove(this);
        await _opener.DisposeAsync().ConfigureAwait(false);
        await _acceptor.DisposeAsync().ConfigureAwait(false);
        await _forward.DisposeAsync().ConfigureAwait(false);
        await _backward.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Resets both ends.</summary>
    public void Abort()
    {
        _forward.Become(LinkFlowMode.Vanish);
        _backward.Become(LinkFlowMode.Vanish);
        _opener.Reset();
        _acceptor.Reset();
    }

    /// <summary>Breaks the end that receives along <paramref name="direction"/>; the other end is treated as <paramref name="mode"/> says.</summary>
    public void Break(LinkDirection direction, LinkFlowMode mode)
    {
        var along = direction == _forward.Direction;
        (along ? _forward : _backward).Become(mode);
        (along ? _backward : _forward).Become(LinkFlowMode.Vanish);
        (along ? _acceptor : _opener).Reset();
    }

    /// <summary>Lets both flows look at the link's state again.</summary>
    public void Wake()
    {
        _forward.Wake();
        _backward.Wake();
    }
}
