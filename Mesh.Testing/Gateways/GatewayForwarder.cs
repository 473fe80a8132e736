using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Security;
using Mesh.Backends;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Mesh.Gateways;

/// <summary>Sends a request on to a pod and its answer back, trailers and streams included.</summary>
internal sealed class GatewayForwarder : IDisposable
{
    /// <summary>The header that says whose a failure is.</summary>
    public const string OriginHeader = "mesh-origin";

    /// <summary>The gateway's own failure.</summary>
    public const string OfGateway = "gateway";

    /// <summary>The failure of what is behind it.</summary>
    public const string OfUpstream = "upstream";

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(1);

    private static readonly HashSet<string> OfTheConnection = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Proxy-Connection", "Transfer-Encoding", "Upgrade", "Host",
    };

    private readonly HttpMessageInvoker _pods;

    [SuppressMessage("Security", "CA5359", Justification = "What a pod of a test shows is its own affair: who is behind the gateway is the cluster's word.")]
    public GatewayForwarder(Func<IPAddress, int, CancellationToken, ValueTask<Stream>> dial)
    {
        _pods = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            ConnectTimeout = ConnectTimeout,
            EnableMultipleHttp2Connections = true,
            ConnectCallback = (connection, cancellationToken) => dial(IPAddress.Parse(connection.DnsEndPoint.Host), connection.DnsEndPoint.Port, cancellationToken),
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = static (_, _, _, _) => true },
        });
    }

    public void Dispose() => _pods.Dispose();

    /// <summary>Answers with a failure and whose it is; gRPC learns it as a status.</summary>
    public static void Fail(HttpContext context, HttpStatusCode status, string origin)
    {
        context.Response.Headers[OriginHeader] = origin;
        BackendAnswer.Fail(context, status);
    }

    /// <summary>Asks pods in turn until one accepts a connection.</summary>
    public async Task ForwardAsync(HttpContext context, IEnumerable<FixturePod> pods, CancellationToken cancellationToken)
    {
        foreach (var pod in pods)
        {
            HttpResponseMessage response;
            try
            {
                using var request = RequestTo(pod, context);
                response = await _pods.SendAsync(request, cancellationToken).ConfigureAwait(false);
            }
            catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError)
            {
                // Nothing was sent: the next one may do.
                continue;
            }
            catch (HttpRequestException)
            {
                Fail(context, HttpStatusCode.BadGateway, OfUpstream);
                return;
            }

            using (response) await AnswerAsync(context, response, cancellationToken).ConfigureAwait(false);
            return;
        }

        Fail(context, HttpStatusCode.ServiceUnavailable, OfUpstream);
    }

    private static HttpRequestMessage RequestTo(FixturePod pod, HttpContext context)
    {
        var incoming = context.Request;
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var scheme = pod.Backend.Protocols == BackendProtocols.Tls ? "https" : "http";
        var uri = new Uri(
            string.Create(CultureInfo.InvariantCulture, $"{scheme}://{pod.Address}:{pod.TargetPort}{target}"),
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var request = new HttpRequestMessage(new HttpMethod(incoming.Method), uri)
        {
            Version = pod.Backend.Protocols == BackendProtocols.Http2 ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true) request.Content = new GatewayContent(incoming.Body, incoming.ContentLength);
        foreach (var (name, values) in incoming.Headers)
        {
            if (name[0] == ':' || name.StartsWith("mesh-", StringComparison.OrdinalIgnoreCase) || OfTheConnection.Contains(name)) continue;
            if (!request.Headers.TryAddWithoutValidation(name, values.ToArray())) request.Content?.Headers.TryAddWithoutValidation(name, values.ToArray());
        }

        request.Headers.Host = incoming.Headers["mesh-authority"];
        return request;
    }

    private static async Task AnswerAsync(HttpContext context, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        context.Response.StatusCode = (int)response.StatusCode;
        foreach (var (name, values) in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated))
        {
            if (!OfTheConnection.Contains(name)) context.Response.Headers[name] = values.ToArray();
        }

        if (response.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout) context.Response.Headers[OriginHeader] = OfUpstream;
        try
        {
            var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            await using (body.ConfigureAwait(false))
            {
                await context.Response.StartAsync(cancellationToken).ConfigureAwait(false);
                await GatewayContent.CopyAsync(body, context.Response.Body, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            // The answer has begun: that it broke off can only be handed on by breaking off as well.
            context.Abort();
            return;
        }

        var trailers = context.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers;
        foreach (var (name, values) in response.TrailingHeaders.NonValidated) trailers[name] = values.ToArray();
    }
}
