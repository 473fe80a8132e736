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
    [InlineData("[fd00::1]")]
    [InlineData("[fd00::1]:8080")]
    [InlineData("fe80::1%eth0")]
    [InlineData("fe80::1%2")]
    [InlineData("10.0.0.1:80")]
    [InlineData("Upper.example")]
    [InlineData("example.com.")]
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

    [Fact]
    public void Parse_NeitherAddressNorName_RefusedByNameAndPrintable()
    {
        EndpointAddress.Parse("fd00::1").Kind.ShouldBe(EndpointAddressKind.IPv6);
        Should.Throw<FormatException>(() => EndpointAddress.Parse("10.0.0.256\u001b[31m")).Message.ShouldBe("'10.0.0.256\ufffd[31m' is neither an IP address nor a DNS name.");
    }

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("1.2.3")]
    [InlineData("fd00::1")]
    public void FromHost_WhatIsAnAddress_Refused(string host) => Should.Throw<FormatException>(() => EndpointAddress.FromHost(host)).Message.ShouldContain(host);

    [Fact]
    public void Equality_OfDifferentKinds_Differ()
    {
        // 0.0.0.1 and ::1 have the same bits.
        EndpointAddress.Parse("::1").ShouldNotBe(EndpointAddress.FromIPv4(1));
        EndpointAddress.FromHost("a.example").ShouldBe(EndpointAddress.Parse("a.example"));
        default(EndpointAddress).ShouldNotBe(EndpointAddress.FromIPv4(0));
        default(EndpointAddress).ToString().ShouldBe("");
        EndpointAddress.Parse("fd00::1").ToIPAddress().ShouldBe(IPAddress.Parse("fd00::1"));
        EndpointAddress.Parse("a.example").ToIPAddress().ShouldBeNull();
    }
}
