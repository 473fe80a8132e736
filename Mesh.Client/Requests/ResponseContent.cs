using System.Net;
using System.Net.Sockets;
using Mesh.Orca;

namespace Mesh.Requests;

/// <summary>
/// A response's body that tells its endpoint when it has ended, so that a request counts as in flight until then, and for gRPC how the call went, which only the trailers say.
/// </summary>
internal sealed class ResponseContent : HttpContent
{
    private readonly HttpContent _inner;
    private readonly HttpResponseMessage? _grpcResponse;
    private readonly EndpointLease _lease;
    private int _completed;

    private ResponseContent(HttpContent inner, in EndpointLease lease, HttpResponseMessage? grpcResponse)
    {
        _inner = inner;
        _lease = lease;
        _grpcResponse = grpcResponse;
        foreach (var (name, values) in inner.Headers.NonValidated)
        {
            if (values.Count == 1)
            {
                Headers.TryAddWithoutValidation(name, values.ToString());
            }
            else
            {
                Headers.TryAddWithoutValidation(name, values);
            }
        }
    }

    // Whoever neither reads nor disposes a response must not leave its endpoint looking busy for ever.
    ~ResponseContent() => Dispose(false);

    /// <summary>Ends the request with the response's body: at once where there is none.</summary>
    /// <param name="response">The response; its content is replaced.</param>
    /// <param name="lease">The try to release.</param>
    /// <param name="awaitsTrailers">Whether the outcome is still to be reported, from the trailers.</param>
    public static void Attach(HttpResponseMessage response, in EndpointLease lease, bool awaitsTrailers)
    {
        if (!awaitsTrailers && HasNoBody(response))
        {
            lease.Release();
            return;
        }

        response.Content = new ResponseContent(response.Content, lease, awaitsTrailers ? response : null);
    }

    /// <summary>The body has been read to its end.</summary>
    public void End() => Complete(_grpcResponse is null ? null : GrpcStatus.Read(_lease.Endpoint, _grpcResponse.TrailingHeaders) ?? AttemptResult.Success);

    /// <summary>The reader left before the end, which says nothing of the endpoint.</summary>
    public void Leave() => Complete(AttemptResult.Cancelled);

    /// <summary>Reading the body, or writing it elsewhere, failed.</summary>
    public void Break(Exception why) => Complete(IsTheEndpoints(why) ? FailureOrigin.OfBody(_lease.Endpoint, why) : AttemptResult.Cancelled);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var copying = _inner.CopyToAsync(stream, context, cancellationToken);
        if (!copying.IsCompletedSuccessfully)
        {
            return EndAfterAsync(copying);
        }

        End();
        return copying;
    }

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        try
        {
            _inner.CopyTo(stream, context, cancellationToken);
            End();
        }
        catch (Exception e)
        {
            Break(e);
            throw;
        }
    }

    protected override Stream CreateContentReadStream(CancellationToken cancellationToken) => new ResponseStream(_inner.ReadAsStream(cancellationToken), this);

    protected override Task<Stream> CreateContentReadStreamAsync() => CreateContentReadStreamAsync(CancellationToken.None);

    protected override async Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) =>
        new ResponseStream(await _inner.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), this);

    protected override bool TryComputeLength(out long length)
    {
        length = _inner.Headers.ContentLength.GetValueOrDefault();
        return _inner.Headers.ContentLength is not null;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
        }

        Leave();
        base.Dispose(disposing);
    }

    private static bool HasNoBody(HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.NotModified
        || response.RequestMessage?.Method == HttpMethod.Head
        || (response.Content.Headers.NonValidated.TryGetValues("Content-Length", out var length) && length.ToString() == "0");

    // The caller's own stream may have failed as well, a limit of the caller's have been reached, or the request's body failed, which cancels an HTTP/2 stream: only what comes from the
    // connection is the endpoint's.
    private static bool IsTheEndpoints(Exception why) => why switch
    {
        HttpIOException or IOException { InnerException: SocketException } => true,
        HttpRequestException { InnerException: { } inner } => IsTheEndpoints(inner),
        _ => false,
    };

    private async Task EndAfterAsync(Task copying)
    {
        try
        {
            await copying.ConfigureAwait(false);
            End();
        }
        catch (Exception e)
        {
            Break(e);
            throw;
        }
    }

    private void Complete(AttemptResult? result)
    {
        if (Interlocked.Exchange(ref _completed, 1) != 0)
        {
            return;
        }

        if (_grpcResponse is not null)
        {
            if (result != AttemptResult.Cancelled)
            {
                LoadHeaders.ReadBinary(_lease, _grpcResponse.TrailingHeaders);
            }

            var pushback = result is AttemptResult.Failed or AttemptResult.UpstreamFailed or AttemptResult.Overloaded ? GrpcStatus.Pushback(_grpcResponse.TrailingHeaders) : null;
            _lease.Report(new AttemptOutcome(result ?? AttemptResult.Success, RetryAfter: pushback));
        }
        else if (result is AttemptResult.Failed or AttemptResult.UpstreamFailed)
        {
            // Its headers were a success; a body that breaks off takes that back.
            _lease.Report(new AttemptOutcome(result.Value) { TakesBack = true });
        }

        _lease.Release();
    }
}
