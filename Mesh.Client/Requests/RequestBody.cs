using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Mesh.Requests;

/// <summary>A request's body: what is done with it so that the request can be sent to a second endpoint, and whether it can.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The watched body is the caller's own in other clothes, and holds nothing.")]
internal sealed class RequestBody(HttpRequestMessage request, EffectivePolicy policy)
{
    private readonly HttpContent? _own = request.Content;
    private WatchedBody? _watched;
    private bool _isBuffered;

    /// <summary>Whether it is read into memory before anything is sent.</summary>
    public bool IsReadFirst => _own is { } content && RequestSender.IsKept(request, policy) && RetryRules.IsWorthBuffering(content, policy);

    /// <summary>Whether the caller's content failed by itself.</summary>
    public bool HasFailed => _watched is { HasFailed: true };

    /// <summary>Whether another try would find all of it.</summary>
    public bool IsReady => _watched?.CanBeSentAgain ?? (_isBuffered || RetryRules.IsReplayable(_own));

    /// <summary>Whether two tries at once could read it at once: one from memory, or none.</summary>
    public bool IsShareable => _own is null || _isBuffered || RetryRules.IsFromMemory(_own);

    /// <summary>Reads it into memory.</summary>
    public async Task BufferAsync(CancellationToken cancellationToken)
    {
        await _own!.LoadIntoBufferAsync(policy.MaxBufferedBody, cancellationToken).ConfigureAwait(false);
        _isBuffered = true;
    }

    /// <summary>Looks on while it is sent, where that is worth it, until <see cref="Restore"/>.</summary>
    public void Watch()
    {
        if (_own is { } content && RequestSender.IsKept(request, policy) is var isKept && RetryRules.IsWatched(content, isKept))
        {
            request.Content = _watched = new WatchedBody(content, isKept ? policy.MaxBufferedBody : 0);
        }
    }

    /// <summary>The request's content is its caller's again.</summary>
    public void Restore()
    {
        if (_watched is not null)
        {
            request.Content = _own;
        }
    }

    /// <summary>
    /// Waits, bounded, until nobody reads it any more. An answer may come while it is sent, and its stream may be reading and not heed that it is over: a second try would read the same stream at once.
    /// </summary>
    public ValueTask<bool> StopAsync(TimeProvider clock, CancellationToken cancellationToken) => _watched?.StopAsync(RetryPause.Longest, clock, cancellationToken) ?? new(true);

    /// <summary>Said where the body alone is why a request failed, or was not sent again; else empty.</summary>
    /// <param name="mayRepeat">Whether it would have been sent again.</param>
    public string WhyNotAgain(bool mayRepeat) =>
        _watched is { IsAwaited: true } ? " Its own body had not come to its end by then."
        : mayRepeat && !IsReady
            ? string.Create(CultureInfo.InvariantCulture, $" It was not sent again, since its body can be read only once and was not kept: a body of known length up to {policy.MaxBufferedBody} bytes (MaxBufferedBody) is, and one of unknown length that was read to its end within them.")
            : "";
}
