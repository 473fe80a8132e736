using System.Net.Security;
using Mesh.Transport;

namespace Mesh.Gateways;

/// <summary>
/// A TLS connection on which HTTP/2 has begun in both directions. In TLS 1.3 the client is done before the server has looked at its certificate: only the peer's first frame says that it was
/// accepted. Derived from <see cref="SslStream"/>, since the HTTP handler would begin TLS anew on any other stream.
/// </summary>
internal sealed class GatewayStream(Stream inner) : SslStream(inner)
{
    private Http2Preface? _preface;

    /// <summary>Begins HTTP/2 and waits for the peer's first frame.</summary>
    /// <exception cref="IOException">The peer closed the connection, or answered with something else.</exception>
    public async ValueTask OpenAsync(CancellationToken cancellationToken) =>
        _preface = await Http2Preface.ExchangeAsync(this, cancellationToken).ConfigureAwait(false);

    public override int Read(byte[] buffer, int offset, int count) =>
        _preface is { HasUnread: true } preface ? preface.Replay(buffer.AsSpan(offset, count)) : base.Read(buffer, offset, count);

    public override int Read(Span<byte> buffer) => _preface is { HasUnread: true } preface ? preface.Replay(buffer) : base.Read(buffer);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _preface is { HasUnread: true } preface ? ValueTask.FromResult(preface.Replay(buffer.Span)) : base.ReadAsync(buffer, cancellationToken);

    public override void Write(byte[] buffer, int offset, int count)
    {
        var written = Written(count);
        base.Write(buffer, offset + written, count - written);
    }

    public override void Write(ReadOnlySpan<byte> buffer) => Write(buffer.ToArray(), 0, buffer.Length);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        base.WriteAsync(buffer[Written(buffer.Length)..], cancellationToken);

    private int Written(int length) => _preface?.TakeWritten(length) ?? 0;
}
