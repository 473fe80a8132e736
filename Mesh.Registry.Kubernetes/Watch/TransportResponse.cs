namespace Mesh.Watch;

/// <summary>An answer whose body may still be arriving. Disposing ends the request.</summary>
internal class TransportResponse(int statusCode, TimeSpan? retryAfter, Stream body) : IAsyncDisposable
{
    public int StatusCode { get; } = statusCode;

    /// <summary>The <c>Retry-After</c> header, or <see langword="null"/>.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;

    public Stream Body { get; } = body;

    public virtual ValueTask DisposeAsync() => Body.DisposeAsync();
}
