namespace Mesh.Watch;

/// <summary>An answer whose body may still be arriving. Disposing ends the request.</summary>
internal class TransportResponse(int statusCode, TimeSpan? retryAfter, Stream body, string? contentType = null) : IAsyncDisposable
{
    public int StatusCode { get; } = statusCode;

    /// <summary>The <c>Retry-After</c> header, or <see langword="null"/>.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;

    public Stream Body { get; } = body;

    /// <summary>Whether the body is protobuf; else it is JSON, or nothing that an API server sends.</summary>
    public bool IsProtobuf { get; } = contentType?.StartsWith(WatchRequest.Protobuf, StringComparison.OrdinalIgnoreCase) ?? false;

    /// <summary>Ends when the connection that it came over was replaced: what still arrives is to be asked for over the new one.</summary>
    public virtual CancellationToken Retired => default;

    public virtual ValueTask DisposeAsync() => Body.DisposeAsync();
}
