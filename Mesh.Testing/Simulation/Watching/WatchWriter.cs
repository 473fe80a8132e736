using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace Mesh.Simulation;

/// <summary>Puts watch events on the wire: one JSON value after another, each with a line feed.</summary>
internal sealed class WatchWriter(PipeWriter body, ServedResource served, Representation representation)
{
    private bool _waiting;

    /// <summary>Whether it waits for the client to read.</summary>
    public bool IsWaiting => Volatile.Read(ref _waiting);

    public void Event(string type, StoredObject stored)
    {
        Raw("{\"type\":\""u8);
        body.Write(Encoding.ASCII.GetBytes(type));
        Raw("\",\"object\":"u8);
        ObjectJson.Write(body, served, stored, representation);
        Raw("}\n"u8);
    }

    public void Bookmark(long revision, bool initialEventsEnd)
    {
        var annotation = initialEventsEnd ? ",\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}" : "";
        var metadata = string.Create(CultureInfo.InvariantCulture, $"\"metadata\":{{\"resourceVersion\":\"{revision}\"{annotation}}}");
        Raw("{\"type\":\"BOOKMARK\",\"object\":{"u8);
        var partial = representation != Representation.Full;
        body.Write(partial ? ObjectJson.PartialTypeFields : served.TypeFields);
        body.Write(Encoding.UTF8.GetBytes(metadata + (partial ? "" : served.Type.EmptyBody)));
        Raw("}}\n"u8);
    }

    public void Error(ApiStatus status)
    {
        Raw("{\"type\":\"ERROR\",\"object\":"u8);
        StatusJson.Write(body, status);
        Raw("}\n"u8);
    }

    public void Raw(ReadOnlySpan<byte> bytes) => body.Write(bytes);

    /// <summary>Returns when the client has room for more.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        Volatile.Write(ref _waiting, true);
        await body.FlushAsync(cancellationToken).ConfigureAwait(false);
        Volatile.Write(ref _waiting, false);
    }
}
