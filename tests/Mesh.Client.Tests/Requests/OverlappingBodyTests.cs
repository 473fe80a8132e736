using System.Text;
using Mesh.Backends;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Time.Testing;

namespace Mesh.Requests;

/// <summary>An answer that is worth a retry and comes while the body is read, by a stream that does not heed its token.</summary>
public class OverlappingBodyTests
{
    private readonly FakeTimeProvider _clock = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Send_EarlyAnswerWhileTheBodyIsRead_IsRetriedOnlyOnceNobodyReadsIt(bool readEnds)
    {
        var text = new string('x', 200_000);
        var stubborn = new StubbornStream(Encoding.ASCII.GetBytes(text), readEnds);
        await using var near = await Backend.StartAsync(
            async context =>
            {
                // Not sooner: the read that it waits for would be the second try's.
                await stubborn.IsStuck.WaitAsync(Eventually.Bound, Stop);
                context.Response.StatusCode = 503;
                await context.Response.WriteAsync("status 503");
            },
            HttpProtocols.Http2);
        await using var far = await Backend.StartAsync(
            static async context =>
            {
                using var reader = new StreamReader(context.Request.Body);
                await context.Response.WriteAsync($"far {(await reader.ReadToEndAsync(context.RequestAborted)).Length}");
            },
            HttpProtocols.Http2);
        await using var mesh = await NearAndFar.StartAsync(near, far, _clock);
        using var request = new HttpRequestMessage(HttpMethod.Put, "http://orders.sales/")
        {
            Version = new Version(2, 0),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new StreamContent(stubborn),
        };

        using var response = await Eventually.TurnUntilEnd(_clock, mesh.Client().SendAsync(request, Stop));

        var answer = await response.Content.ReadAsStringAsync(Stop);
        answer.ShouldBe(readEnds ? $"far {text.Length}" : "status 503");
        far.Count.ShouldBe(readEnds ? 1 : 0);
        stubborn.WasReadTwiceAtOnce.ShouldBeFalse();
        mesh.Explain(far.Port).Failures.ShouldBe(0);
        stubborn.End();
    }

    /// <summary>Its tenth read, when the first ones have been written out, takes until it is told to end, or, where the test says so, a while longer than its token.</summary>
    private sealed class StubbornStream(byte[] bytes, bool endsAfterItsToken) : MemoryStream(bytes)
    {
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _isStuck = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _reads;
        private int _reading;

        public Task IsStuck => _isStuck.Task;

        public bool WasReadTwiceAtOnce { get; private set; }

        public override long Position
        {
            get => base.Position;
            set
            {
                WasReadTwiceAtOnce |= Volatile.Read(ref _reading) > 0;
                base.Position = value;
            }
        }

        public void End() => _end.TrySetResult();

        public override long Seek(long offset, SeekOrigin loc)
        {
            WasReadTwiceAtOnce |= Volatile.Read(ref _reading) > 0;
            return base.Seek(offset, loc);
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            WasReadTwiceAtOnce |= Interlocked.Increment(ref _reading) > 1;
            try
            {
                if (Interlocked.Increment(ref _reads) == 10)
                {
                    // On another thread than whoever cancels, as a read from a network ends.
                    using var registration = cancellationToken.Register(() => _ = endsAfterItsToken && ThreadPool.QueueUserWorkItem(_ => _end.TrySetResult()));
                    _isStuck.TrySetResult();
                    await _end.Task;
                }

                return Read(buffer.Span);
            }
            finally
            {
                Interlocked.Decrement(ref _reading);
            }
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
        {
            var buffer = new byte[8192];
            int read;
            while ((read = await ReadAsync(buffer, cancellationToken)) > 0)
            {
                await destination.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
        }
    }
}
