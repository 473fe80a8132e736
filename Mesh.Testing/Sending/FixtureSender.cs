using System.Diagnostics;

namespace Mesh.Sending;

/// <summary>Sends one request and says what became of it; never throws for it.</summary>
internal sealed class FixtureSender(HttpClient client)
{
    // Far above what any story takes: a request that hangs is a failure, not a hanging test.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public async Task<SendResult> SendAsync(string url, Action<HttpRequestMessage>? configure, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(url));
            configure?.Invoke(request);
            using var response = await client.SendAsync(request, over.Token).ConfigureAwait(false);
            return new SendResult(url, BackendIdentity.Read(response), response.StatusCode, null, Stopwatch.GetElapsedTime(started));
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            return new SendResult(url, null, null, new TimeoutException($"No answer within {Patience.TotalSeconds:0} s."), Stopwatch.GetElapsedTime(started));
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return new SendResult(url, null, null, e, Stopwatch.GetElapsedTime(started));
        }
    }
}
