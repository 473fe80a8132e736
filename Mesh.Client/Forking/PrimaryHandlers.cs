using System.Diagnostics;
using System.Net;

namespace Mesh.Forking;

/// <summary>What a client's own primary handler is, and which of its settings services do not see.</summary>
internal static class PrimaryHandlers
{
    // Of both handlers.
    private const int DefaultRedirections = 50;

    /// <summary>Whether it is one of the framework's two that go to the network. A fake, a test server or somebody's own handler is respected as it is.</summary>
    public static bool IsNetworkHandler(HttpMessageHandler handler) => handler is SocketsHttpHandler || handler.GetType() == typeof(HttpClientHandler);

    /// <summary>
    /// The settings on it that were changed and would matter to a service; they hold for other hosts only. Asked before the handler is used: afterwards it has cookies that nobody set.
    /// </summary>
    public static IReadOnlyList<string> SettingsThatDoNotApply(HttpMessageHandler handler)
    {
        var names = new List<string>();
        switch (handler)
        {
            case SocketsHttpHandler sockets:
                AddIf(sockets.SslOptions.ClientCertificates is { Count: > 0 } || sockets.SslOptions.ClientCertificateContext is not null, "SslOptions.ClientCertificates");
                AddIf(sockets.SslOptions.LocalCertificateSelectionCallback is not null, "SslOptions.LocalCertificateSelectionCallback");
                AddIf(sockets.SslOptions.RemoteCertificateValidationCallback is not null, "SslOptions.RemoteCertificateValidationCallback");
                AddIf(sockets.SslOptions.CertificateChainPolicy is not null, "SslOptions.CertificateChainPolicy");
                AddIf(sockets.Credentials is not null, "Credentials");
                AddIf(sockets.Proxy is not null, "Proxy");
                AddIf(sockets.ConnectCallback is not null, "ConnectCallback");
                AddIf(sockets.PlaintextStreamFilter is not null, "PlaintextStreamFilter");
                AddIf(sockets.ActivityHeadersPropagator != DistributedContextPropagator.Current, "ActivityHeadersPropagator");
                AddAnswers(sockets.AutomaticDecompression, sockets.MaxAutomaticRedirections, sockets.UseCookies && sockets.CookieContainer.Count > 0);
                break;
            case HttpClientHandler client:
                AddIf(client.ClientCertificateOptions == ClientCertificateOption.Manual && client.ClientCertificates.Count > 0, "ClientCertificates");
                AddIf(client.ServerCertificateCustomValidationCallback is not null, "ServerCertificateCustomValidationCallback");
                AddIf(client.UseDefaultCredentials || client.Credentials is not null, "Credentials");
                AddIf(client.Proxy is not null, "Proxy");
                AddAnswers(client.AutomaticDecompression, client.MaxAutomaticRedirections, client.UseCookies && client.CookieContainer.Count > 0);
                break;
        }

        return names;

        // That redirects are followed and cookies kept is a handler's default: only what somebody set is named.
        void AddAnswers(DecompressionMethods decompression, int redirections, bool hasCookies)
        {
            AddIf(decompression != DecompressionMethods.None, "AutomaticDecompression");
            AddIf(redirections != DefaultRedirections, "MaxAutomaticRedirections");
            AddIf(hasCookies, "CookieContainer");
        }

        void AddIf(bool changed, string name)
        {
            if (changed)
            {
                names.Add(name);
            }
        }
    }
}
