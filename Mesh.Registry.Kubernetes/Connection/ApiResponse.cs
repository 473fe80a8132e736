using Mesh.Watch;

namespace Mesh.Connection;

/// <summary>An answer that holds its client until it is disposed.</summary>
internal sealed class ApiResponse(ApiClient client, HttpResponseMessage message, Stream body, DateTimeOffset now)
    : TransportResponse((int)message.StatusCode, RetryAfterOf(message, now), body, message.Content.Headers.ContentType?.MediaType)
{
    private int _disposed;

    public ApiClient Client { get; } = client;

    public override CancellationToken Retired => Client.Retired;

    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await base.DisposeAsync().ConfigureAwait(false);
        message.Dispose();
        Client.Release();
    }

    private static TimeSpan? RetryAfterOf(HttpResponseMessage message, DateTimeOffset now) =>
        message.Headers.RetryAfter is not { } asked ? null : asked.Delta ?? (asked.Date is { } date && date > now ? date - now : TimeSpan.Zero);
}
