using System.Collections.Immutable;

namespace Mesh.Endpoints;

public class EndpointSegmentTests
{
    private static readonly ClusterId Alpha = new("alpha");

    private static EndpointSegmentBuilder Builder() => new(Alpha, "orders-x", [new EndpointPort("http", 8080)]);

    private static EndpointAddress Address(string text) => EndpointAddress.TryParse(text, out var address) ? address : throw new FormatException(text);

    [Fact]
    public void Build_EveryField_ReadBackAsItWasAdded()
    {
        var uid = Guid.Parse("6f1c7c1e-4f5c-4c38-9a0c-0d4f3b1f7a11");
        var segment = Builder()
            .Add(new(Address("10.0.0.1")))
            .Add(new(Address("2001:db8::7"))
            {
                Region = "eu",
                Zone = "eu-1",
                Node = "n1",
                Weight = 5,
                TargetUid = uid,
                Conditions = EndpointConditions.Serving | EndpointConditions.Terminating,
                ZoneHints = ["eu-1", "eu-2"],
                NodeHints = ["n1"],
                Labels = ImmutableDictionary<string, string>.Empty.Add("v", "2"),
            })
            .Add(new(Address("legacy.example.com")) { Zone = "eu-1" })
            .Build();

        segment.Count.ShouldBe(3);
        var plain = segment[0];
        plain.Address.ShouldBe(Address("10.0.0.1"));
        plain.Locality.ShouldBe(new Locality(Alpha));
        plain.Weight.ShouldBe(1);
        plain.TargetUid.ShouldBeNull();
        plain.Conditions.ShouldBe(EndpointConditions.Ready | EndpointConditions.Serving);
        plain.ZoneHints.ShouldBeEmpty();
        plain.Labels.ShouldBeEmpty();
        var full = segment[1];
        full.Address.ShouldBe(Address("2001:db8::7"));
        full.Locality.ShouldBe(new Locality(Alpha, "eu", "eu-1", "n1"));
        full.Weight.ShouldBe(5);
        full.TargetUid.ShouldBe(uid);
        full.Conditions.ShouldBe(EndpointConditions.Serving | EndpointConditions.Terminating);
        full.ZoneHints.ShouldBe(["eu-1", "eu-2"]);
        full.NodeHints.ShouldBe(["n1"]);
        full.Labels["v"].ShouldBe("2");
        segment[2].Address.ToString().ShouldBe("legacy.example.com");
        segment[2].Ports[0].Port.ShouldBe(8080);
    }

    [Fact]
    public void Add_TheSameAddressTwice_TheReadyOneStays()
    {
        var segment = Builder()
            .Add(new(Address("10.0.0.1")) { Conditions = EndpointConditions.Serving, Node = "old" })
            .Add(new(Address("10.0.0.1")) { Node = "new" })
            .Build();

        segment.Count.ShouldBe(1);
        segment[0].Locality.Node.ShouldBe("new");
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1_000_001)]
    public void Add_WeightOutOfRange_RefusedByName(int weight) =>
        Should.Throw<ArgumentException>(() => Builder().Add(new(Address("10.0.0.1")) { Weight = weight })).Message.ShouldContain("10.0.0.1 has weight");

    [Fact]
    public void Add_NoAddress_Refused() => Should.Throw<ArgumentException>(() => Builder().Add(default)).Message.ShouldContain("has no address");

    [Fact]
    public void ContentEquals_SameContent_IsEqualAndAnyDifferenceIsNot()
    {
        EndpointSegment Make(string zone) => Builder().Add(new(Address("10.0.0.1")) { Zone = zone }).Build();

        Make("a").ContentEquals(Make("a")).ShouldBeTrue();
        Make("a").ContentEquals(Make("b")).ShouldBeFalse();
    }

    [Fact]
    public void Keep_Some_TheOthersAreGoneWithTheirColumns()
    {
        var segment = Builder()
            .Add(new(Address("10.0.0.1")) { Weight = 1 })
            .Add(new(Address("2001:db8::1")) { Weight = 2, Zone = "b" })
            .Add(new(Address("10.0.0.3")) { Weight = 3, Zone = "c" })
            .Add(new(Address("gone.example")))
            .Add(new(Address("2001:db8::5")))
            .Add(new(Address("kept.example")))
            .Build()
            .Keep([1, 2, 5, 4]);

        segment.Count.ShouldBe(4);
        segment[2].Address.ToString().ShouldBe("kept.example");
        segment[3].Address.ToString().ShouldBe("2001:db8::5");
        segment[0].Address.ToString().ShouldBe("2001:db8::1");
        segment[1].Address.ToString().ShouldBe("10.0.0.3");
        segment[1].Weight.ShouldBe(3);
        segment[1].Locality.Zone.ShouldBe("c");
    }
}
