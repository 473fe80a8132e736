using System.Net;

namespace Mesh.Endpoints;

public class EndpointAddressTests
{
    [Theory]
    [InlineData("10.0.0.1", EndpointAddressKind.IPv4, "10.0.0.1")]
    [InlineData("2001:DB8::1", EndpointAddressKind.IPv6, "2001:db8::1")]
    [InlineData("::ffff:10.0.0.1", EndpointAddressKind.IPv4, "10.0.0.1")]
    [InlineData("legacy.example.com", EndpointAddressKind.Host, "legacy.example.com")]
    public void TryParse_Valid_KindAndText(string text, EndpointAddressKind kind, string shown)
    {
        EndpointAddress.TryParse(text, out var address).ShouldBeTrue();
        address.Kind.ShouldBe(kind);
        address.ToString().ShouldBe(shown);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("10.1")]
    [InlineData("0x7f000001")]
    [InlineData("2130706433")]
    [InlineData("010.0.0.1")]
    [InlineData("10.0.0.256")]
    [InlineData("a..b")]
    [InlineData("under_score.example")]
    public void TryParse_WhatResolversReadDifferently_Refused(string? text) => EndpointAddress.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Equality_SameAddressByAnyWay_Equal()
    {
        EndpointAddress.TryParse("10.0.0.1", out var parsed).ShouldBeTrue();

        parsed.ShouldBe(EndpointAddress.FromIPAddress(IPAddress.Parse("10.0.0.1")));
        parsed.ShouldBe(EndpointAddress.FromIPv4(0x0A000001));
        parsed.GetHashCode().ShouldBe(EndpointAddress.FromIPv4(0x0A000001).GetHashCode());
        parsed.ShouldNotBe(EndpointAddress.FromIPv4(0x0A000002));
    }
}
