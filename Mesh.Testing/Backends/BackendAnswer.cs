using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Mesh.Backends;

/// <summary>A backend's answers.</summary>
internal static class BackendAnswer
{
    // https://github.com/grpc/grpc/blob/master/doc/statuscodes.md
    private const int GrpcUnavailable = 14;
    private const int GrpcResourceExhausted = 8;

    /// <summary>Says in headers who served.</summary>
    public static void Sign(HttpResponse response, BackendIdentity identity)
    {
        response.Headers[BackendIdentity.ServiceHeader] = identity.Service.ToString();
        response.Headers[BackendIdentity.ClusterHeader] = identity.Cluster;
        response.Headers[BackendIdentity.PodHeader] = identity.Pod;
        if (identity.Node is { } node) response.Headers[BackendIdentity.NodeHeader] = node;
        if (identity.Zone is { } zone) response.Headers[BackendIdentity.ZoneHeader] = zone;
    }

    /// <summary>Answers with an error: a status, for gRPC the one that a gateway would make of it.</summary>
    public static void Fail(HttpContext context, HttpStatusCode status)
    {
        if (!IsGrpc(context.Request))
        {
            context.Response.StatusCode = (int)status;
            return;
        }

        context.Response.ContentType = context.Request.ContentType;
        var code = status == HttpStatusCode.TooManyRequests ? GrpcResourceExhausted : GrpcUnavailable;
        context.Response.Headers["grpc-status"] = code.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>The default answer: gRPC messages come back as they are, anything else learns who served.</summary>
    public static async Task WriteAsync(HttpContext context, BackendIdentity identity)
    {
        if (IsGrpc(context.Request))
        {
            context.Response.ContentType = context.Request.ContentType;
            await context.Request.Body.CopyToAsync(context.Response.Body, context.RequestAborted).ConfigureAwait(false);
            context.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers["grpc-status"] = "0";
            return;
        }

        var body = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string?>
        {
            ["service"] = identity.Service.ToString(),
            ["cluster"] = identity.Cluster,
            ["pod"] = identity.Pod,
            ["node"] = identity.Node,
            ["zone"] = identity.Zone,
            ["method"] = context.Request.Method,
            ["host"] = context.Request.Host.Value,
            ["path"] = context.Request.Path.Value,
        });
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }

    private static bool IsGrpc(HttpRequest request) =>
        request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) == true;
}
