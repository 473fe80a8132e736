using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Mesh.Backends;

/// <summary>What a backend does with a request: count it, suffer the faults, say who served, answer.</summary>
internal sealed class BackendApplication(BackendOptions options) : IHttpApplication<HttpContext>
{
    private readonly RequestDelegate _handler = options.Handler ?? (context => BackendAnswer.WriteAsync(context, options.Identity));
    private long _arrived;
    private long _served;
    private int _inFlight;

    public BackendOptions Options => options;

    public BackendFaults Faults { get; } = new(options.Seed);

    public long Arrived => Interlocked.Read(ref _arrived);

    public long Served => Interlocked.Read(ref _served);

    public int InFlight => Volatile.Read(ref _inFlight);

    public HttpContext CreateContext(IFeatureCollection contextFeatures)
    {
        Interlocked.Increment(ref _arrived);
        Interlocked.Increment(ref _inFlight);
        return new DefaultHttpContext(contextFeatures);
    }

    public void DisposeContext(HttpContext context, Exception? exception) => Interlocked.Decrement(ref _inFlight);

    public async Task ProcessRequestAsync(HttpContext context)
    {
        HttpStatusCode? error;
        try
        {
            error = await Faults.PassAsync(options.TimeProvider, context.RequestAborted).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client gave up, or the backend was killed: nobody is left to answer.
            context.Abort();
            return;
        }

        BackendAnswer.Sign(context.Response, options.Identity);
        // Counted before the answer leaves: who has the answer may look at the count.
        Interlocked.Increment(ref _served);
        if (error is { } status)
        {
            BackendAnswer.Fail(context, status);
            return;
        }

        await _handler(context).ConfigureAwait(false);
    }
}
