using System.Net;

namespace Mesh.Gateways;

/// <summary>A caller's body with some of its headers only.</summary>
internal sealed class RelabelledContent : HttpContent
{
    private readonly HttpContent _inner;

    /// <param name="inner">The caller's; never disposed here.</param>
    /// <param name="isKept">Whether a header stays.</param>
    public RelabelledContent(HttpContent inner, Func<string, bool> isKept)
    {
        _inner = inner;
        foreach (var (name, values) in inner.Headers.NonValidated)
        {
            if (isKept(name))
            {
                Headers.TryAddWithoutValidation(name, values);
            }
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => _inner.CopyToAsync(stream, context);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) => _inner.CopyToAsync(stream, context, cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        length = _inner.Headers.ContentLength.GetValueOrDefault();
        return _inner.Headers.ContentLength is not null;
    }
}
