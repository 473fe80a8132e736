using System.Net;

namespace Mesh.Requests;

/// <summary>A caller's body that begins well and fails by itself when it is told to, as one does that is read from a peer that goes away.</summary>
internal sealed class FailingBody : HttpContent
{
    private readonly TaskCompletionSource _fail = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Fail() => _fail.TrySetResult();

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync("begin"u8.ToArray());
        await stream.FlushAsync();
        await _fail.Task;
        throw new IOException("the caller's own source went away");
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
