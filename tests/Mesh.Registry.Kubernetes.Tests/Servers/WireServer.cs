using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Mesh.Servers;

/// <summary>A server over TLS whose answers a test writes itself, byte by byte: for what no API server can be made to do. It says who it is by itself.</summary>
internal sealed class WireServer : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mesh-wire-");
    private readonly TestCertificateAuthority _authority = new();
    private readonly TestCertificate _certificate;
    private readonly WebApplication _application;
    private readonly Func<HttpContext, Task> _answer;

    private WireServer(Func<HttpContext, Task> answer, string[] names)
    {
        _answer = answer;
        _certificate = _authority.IssueServer(names.Length > 0 ? names : ["127.0.0.1"]);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(
            o => o.Listen(IPAddress.Loopback, 0, l => l.UseHttps(_certificate.Certificate).Protocols = HttpProtocols.Http1AndHttp2));
        _application = builder.Build();
        _application.Run(AnswerAsync);
    }

    /// <summary>What was asked, as <c>HTTP/2 /path?query gzip</c>: protocol, target and accepted encodings.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>How many connections carried them.</summary>
    public ConcurrentDictionary<string, bool> Connections { get; } = new();

    public Uri Address => new(_application.Urls.First());

    public string KubeconfigPath => Path.Combine(_folder.FullName, "kubeconfig");

    /// <param name="answer">Answers everything but <c>/version</c> and the namespace <c>kube-system</c>.</param>
    /// <param name="names">The names of its certificate. Default: the right one.</param>
    public static async Task<WireServer> StartAsync(Func<HttpContext, Task> answer, params string[] names)
    {
        var server = new WireServer(answer, names);
        await server._application.StartAsync(TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            server.KubeconfigPath,
            $"""
            current-context: wire
            contexts:
            - name: wire
              context: {"{ cluster: wire, user: wire }"}
            clusters:
            - name: wire
              cluster:
                server: https://127.0.0.1:{new Uri(server._application.Urls.First()).Port}
                certificate-authority-data: {Convert.ToBase64String(Encoding.UTF8.GetBytes(server._authority.CertificatePem))}
            users:
            - name: wire
              user:
                token: t

            """,
            TestContext.Current.CancellationToken);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _application.StopAsync(now.Token);
        await _application.DisposeAsync();
        _certificate.Dispose();
        _authority.Dispose();
        _folder.Delete(recursive: true);
    }

    private Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        Requests.Enqueue($"{request.Protocol} {request.Path}{request.QueryString} {request.Headers.AcceptEncoding}");
        Connections.TryAdd(context.Connection.Id, true);
        return request.Path.Value switch
        {
            "/version" => context.Response.WriteAsync("""{"gitVersion":"v1.37.0-wire"}"""),
            "/api/v1/namespaces/kube-system" => context.Response.WriteAsync("""{"metadata":{"uid":"wire-uid"}}"""),
            _ => _answer(context),
        };
    }
}
