using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Mesh.Backends;

/// <summary>Answers in steps, each when the test says: the headers with the word <c>begin</c>, then the word <c>end</c>.</summary>
internal sealed class PacedBackend : IAsyncDisposable
{
    private readonly TaskCompletionSource _headers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _arrived;
    private int _left;

    public Backend Backend { get; private set; } = null!;

    public int Port => Backend.Port;

    public int Arrived => Volatile.Read(ref _arrived);

    /// <summary>How many callers went away before the end.</summary>
    public int Left => Volatile.Read(ref _left);

    public static async Task<PacedBackend> StartAsync(HttpProtocols protocols = HttpProtocols.Http1)
    {
        var paced = new PacedBackend();
        paced.Backend = await Backend.StartAsync(paced.AnswerAsync, protocols);
        return paced;
    }

    public void SendHeaders() => _headers.SetResult();

    public void SendEnd() => _end.SetResult();

    public ValueTask DisposeAsync() => Backend.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref _arrived);
        try
        {
            await _headers.Task.WaitAsync(context.RequestAborted);
            await context.Response.WriteAsync("begin ", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await _end.Task.WaitAsync(context.RequestAborted);
            await context.Response.WriteAsync("end", context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            Interlocked.Increment(ref _left);
        }
    }
}
