using System.Globalization;
using Mesh.Hashing;

namespace Mesh.Affinity;

/// <summary>Cookies and keys of clients that want something else than to be served (docs/bad-input.md).</summary>
public class HostileSessionTests
{
    private const string Name = "mesh-affinity";

    [Fact]
    public void Read_AMillionCookies_AllocateOnlyWhatIsReadAndKeepNothing()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://orders.sales/");
        var found = 0;
        Read(0, 1000);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        Read(1000, 1_000_000);

        // Of the whole process, where other tests run at the same time; a million that were kept, at 16 bytes each, would be more.
        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(12 * 1024 * 1024);
        found.ShouldBe(1_000_000);

        void Read(int from, int to)
        {
            for (var i = from; i < to; i++)
            {
                request.Headers.Remove("Cookie");
                request.Headers.TryAddWithoutValidation("Cookie", string.Create(CultureInfo.InvariantCulture, $"a=b; {Name}={i:x16}"));
                found += SessionCookie.Read(request, Name) == (ulong)i ? 1 : 0;
            }
        }
    }

    [Theory]
    [InlineData("mesh-affinity=00000000000000001; x")]
    [InlineData("mesh-affinity=+000000000000001")]
    [InlineData("mesh-affinity= 00000000000001")]
    [InlineData("mesh-affinity=00000000000000é1")]
    [InlineData("mesh-affinity=\"0000000000000001")]
    [InlineData("Mesh-Affinity=0000000000000001")]
    [InlineData("xmesh-affinity=0000000000000001")]
    [InlineData(";;;=;mesh-affinity")]
    [InlineData("")]
    public void Read_CookieIsNoneOfOurs_IsNone(string cookie) => SessionCookie.Read(With(cookie), Name).ShouldBeNull();

    [Fact]
    public void Read_CookieHeaderOfAMegabyte_IsReadOrNone()
    {
        SessionCookie.Read(With(string.Concat(Enumerable.Repeat("a=b; ", 200_000)) + $"{Name}=0000000000000001"), Name).ShouldBe(1UL);
        SessionCookie.Read(With($"{Name}={new string('f', 1_000_000)}"), Name).ShouldBeNull();
        SessionCookie.Read(With(new string(';', 1_000_000)), Name).ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("é\u00ff\u0080")]
    [InlineData("\ud800")]
    public void Key_HeaderOfAnyText_IsAKeyAndAlwaysTheSame(string value)
    {
        var key = KeyOf(value);

        key.ShouldNotBeNull();
        KeyOf(value).ShouldBe(key);
        KeyOf(value + new string('x', 65_536)).ShouldNotBe(key);
    }

    [Fact]
    public void Key_HeaderIsMissing_IsNone() => KeyOf(null).ShouldBeNull();

    [Fact]
    public void Key_PathOfAUrlWithoutOne_IsTheRoot()
    {
        RequestKeys.Hash("/").ShouldBe(Of("path", new HttpRequestMessage(HttpMethod.Get, "http://orders.sales")).Hash!.Value);
        RequestKeys.Hash("/").ShouldBe(Of("path", new HttpRequestMessage(HttpMethod.Get, "http://orders.sales?q")).Hash!.Value);
    }

    private static ulong? KeyOf(string? value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://orders.sales/");
        if (value is not null)
        {
            request.Headers.TryAddWithoutValidation("x-user", value);
        }

        return Of("header:x-user", request).Hash;
    }

    private static PickHints Of(string key, HttpRequestMessage request)
    {
        HashKey.TryParse(key, out var parsed).ShouldBeTrue();
        return RequestKeys.Of(Policies.PolicyResolver.Resolve((PolicyOrigin.Service, new ServicePolicy { LoadBalancing = "ring-hash", HashKey = parsed })), request);
    }

    private static HttpRequestMessage With(string cookie)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "http://orders.sales/");
        request.Headers.TryAddWithoutValidation("Cookie", cookie);
        return request;
    }
}
