using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Mesh.Simulation;

/// <summary>Sends answers: one object, one list, one Status, or JSON made elsewhere; gzip above 128 KiB where the client takes it.</summary>
internal static class ResponseWriter
{
    private const int GzipAbove = 128 * 1024;

    public static Task ObjectAsync(HttpContext context, int code, ServedResource served, StoredObject stored, Representation representation)
    {
        if (representation == Representation.MetadataList)
            throw new ApiException(new ApiStatus(406, "NotAcceptable", $"you requested PartialObjectMetadataList, but the requested object is not a list (*core.{served.Type.Kind})"));
        Begin(context, code);
        return SendAsync(context, stored.Json.Length, output => ObjectJson.Write(output, served, stored, representation));
    }

    public static Task ListAsync(HttpContext context, ServedResource served, ListPage page, Representation representation)
    {
        if (representation == Representation.Metadata)
            throw new ApiException(new ApiStatus(406, "NotAcceptable", $"you requested PartialObjectMetadata, but the requested object is a list (*core.{served.Type.Kind}List)"));
        Begin(context, 200);
        return SendAsync(context, page.Objects.Sum(static one => (long)one.Json.Length), output => List(output, served, page, representation));
    }

    public static Task StatusAsync(HttpContext context, ApiStatus status)
    {
        Begin(context, status.Code);
        if (status.Details is { RetryAfterSeconds: > 0 } details)
            context.Response.Headers.RetryAfter = details.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        return SendAsync(context, 0, output => StatusJson.Write(output, status));
    }

    public static Task JsonAsync(HttpContext context, byte[] json, string mediaType)
    {
        Begin(context, 200);
        context.Response.ContentType = mediaType;
        return SendAsync(context, json.Length, output => output.Write(json));
    }

    public static Task CreatedAsync(HttpContext context, JsonObject tree)
    {
        Begin(context, 201);
        return SendAsync(context, 0, output => output.Write(Encoding.UTF8.GetBytes(JsonFields.Render(tree))));
    }

    public static Task TextAsync(HttpContext context, int code, string text)
    {
        Begin(context, code);
        context.Response.ContentType = "text/plain; charset=utf-8";
        return SendAsync(context, 0, output => output.Write(Encoding.UTF8.GetBytes(text)));
    }

    public static void Begin(HttpContext context, int code)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-cache, private";
    }

    private static void List(IBufferWriter<byte> output, ServedResource served, ListPage page, Representation representation)
    {
        var partial = representation == Representation.MetadataList;
        var type = partial ? "\"kind\":\"PartialObjectMetadataList\",\"apiVersion\":\"meta.k8s.io/v1\"" : $"\"kind\":\"{served.Type.Kind}List\",\"apiVersion\":\"{served.ApiVersion}\"";
        var next = page.Continue.Length > 0 ? $",\"continue\":\"{page.Continue}\"" : "";
        var remaining = page.Remaining is { } count ? string.Create(CultureInfo.InvariantCulture, $",\"remainingItemCount\":{count}") : "";
        output.Write(Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"{{{type},\"metadata\":{{\"resourceVersion\":\"{page.Revision}\"{next}{remaining}}},\"items\":[")));
        for (var i = 0; i < page.Objects.Count; i++)
        {
            if (i > 0) output.Write(","u8);
            // Items of built-in types do not name their kind: the list does.
            if (partial || served.Type.Custom) ObjectJson.Write(output, served, page.Objects[i], partial ? Representation.Metadata : Representation.Full);
            else output.Write(page.Objects[i].Json);
        }

        output.Write("]}"u8);
    }

    private static async Task SendAsync(HttpContext context, long size, Action<IBufferWriter<byte>> write)
    {
        if (HttpMethods.IsHead(context.Request.Method)) return;
        if (size <= GzipAbove || !context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase))
        {
            write(context.Response.BodyWriter);
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
            return;
        }

        context.Response.Headers.ContentEncoding = "gzip";
        context.Response.Headers.Vary = "Accept-Encoding";
        var buffer = new ArrayBufferWriter<byte>((int)Math.Min(size + 1024, Array.MaxLength));
        write(buffer);
        var gzip = new GZipStream(context.Response.Body, CompressionLevel.Fastest, leaveOpen: true);
        await using (gzip.ConfigureAwait(false)) await gzip.WriteAsync(buffer.WrittenMemory, context.RequestAborted).ConfigureAwait(false);
    }
}
