using System.Net;

namespace Mesh.Connection;

/// <summary>A cluster's <c>proxy-url</c>. It may hold a password, so it is never shown.</summary>
internal static class ProxyUrl
{
    /// <summary>What is wrong with it, or <see langword="null"/>.</summary>
    public static string? Check(string url) =>
        TryParse(url, out _) ? null : "proxy-url is no address of a proxy; write http://, https:// or socks5://, a host and a port.";

    /// <exception cref="KubeconfigException">It is no address.</exception>
    public static IWebProxy Parse(string url)
    {
        if (!TryParse(url, out var address)) throw new KubeconfigException(Check(url)!);
        var (user, password) = address.UserInfo.Split(':', 2) is [var u, var p] ? (u, p) : (address.UserInfo, "");
        return new WebProxy(new UriBuilder(address) { UserName = "", Password = "" }.Uri)
        {
            Credentials = user.Length == 0 ? null : new NetworkCredential(Uri.UnescapeDataString(user), Uri.UnescapeDataString(password)),
        };
    }

    private static bool TryParse(string url, out Uri address) =>
        Uri.TryCreate(url, UriKind.Absolute, out address!) && address.Scheme is ("http" or "https" or "socks5") && address.Host.Length > 0;
}
