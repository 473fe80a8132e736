using System.Collections.Immutable;
using System.Reflection;
using Mesh.Catalog;

namespace Mesh.State;

public sealed class StateFormatTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void State_OfEveryKind_ComesBackAsItWas()
    {
        var state = Sample();

        var read = StateFormat.Decode(Bytes(state));

        (read with { Services = [], Notes = state.Notes }).ShouldBe(state with { Services = [] });
        read.Notes.ShouldBe(state.Notes, ignoreOrder: true);
        read.Services.ShouldBe(state.Services);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void State_OfManyServices_ComesBackAsItWasAndSharesWhatIsAlike(int seed)
    {
        var random = new Random(seed);
        var services = Enumerable.Range(0, 300).Select(i => TestCatalog.Service(
            new ServiceName($"n{i % 7}", $"s{i}"),
            [.. Enumerable.Range(0, random.Next(6)).Select(_ => $"10.{random.Next(256)}.{random.Next(256)}.{random.Next(256)}").Distinct()])).ToList();
        var state = new KeptState("source", TestCatalog.Alpha, "", Noon) { Services = services };

        var read = StateFormat.Decode(Bytes(state));

        read.Services.ShouldBe(services, $"seed {seed}");
        read.Services[7].Service.Namespace.ShouldBeSameAs(read.Services[0].Service.Namespace);
        (read.Services[0].Ports == read.Services[1].Ports).ShouldBeTrue("one list of ports, by reference");
    }

    [Fact]
    public void File_CutAnywhere_IsRefused()
    {
        var bytes = Bytes(Sample());
        for (var length = 0; length < bytes.Length; length++)
        {
            Should.Throw<InvalidDataException>(() => StateFormat.Decode(bytes.AsSpan(0, length)), $"{length} of {bytes.Length} bytes");
        }
    }

    [Fact]
    public void File_WithAnyByteChanged_IsRefused()
    {
        var bytes = Bytes(Sample());
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 0x10;
            Should.Throw<InvalidDataException>(() => StateFormat.Decode(bytes), $"byte {i} of {bytes.Length}");
            bytes[i] ^= 0x10;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Content_ThatNobodyWrote_IsRefusedOrReadNeverMore(int seed)
    {
        // As if the checksum had been made of it: damage that it does not see must not reach further than this file.
        var random = new Random(seed);
        var content = Bytes(Sample())[24..];
        for (var round = 0; round < 5_000; round++)
        {
            var damaged = content.ToArray();
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            try
            {
                foreach (var service in new StateDecoder(damaged).Read().Services)
                {
                    foreach (var segment in service.Segments)
                    {
                        for (var i = 0; i < segment.Count; i++)
                        {
                            _ = segment[i].ToString() + segment[i].TargetUid;
                        }
                    }
                }
            }
            catch (Exception e) when (e is InvalidDataException or ArgumentException or FormatException)
            {
                // What StateFormat makes a refusal of.
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}, round {round}", e);
            }
        }
    }

    [Fact]
    public void Policy_EveryField_ComesBack()
    {
        var policy = new ServicePolicy();
        foreach (var property in Fields())
        {
            property.SetValue(policy, ValueOf(property.PropertyType));
        }

        var output = new StateBuffer();
        PolicyEncoding.Write(output, policy);
        PolicyEncoding.Write(output, ServicePolicy.Empty);
        var input = new StateCursor(output.Written);

        PolicyEncoding.Read(ref input).ShouldBe(policy);
        PolicyEncoding.Read(ref input).ShouldBe(ServicePolicy.Empty);
        input.IsAtEnd.ShouldBeTrue();
    }

    [Fact]
    public void Policy_EachFieldAlone_ComesBack()
    {
        foreach (var property in Fields())
        {
            var policy = new ServicePolicy();
            property.SetValue(policy, ValueOf(property.PropertyType));
            policy.ShouldNotBe(ServicePolicy.Empty, property.Name);
            var output = new StateBuffer();
            PolicyEncoding.Write(output, policy);
            var input = new StateCursor(output.Written);

            PolicyEncoding.Read(ref input).ShouldBe(policy, property.Name);
        }
    }

    [Fact]
    public void Checksum_IsTheStandardsOwn()
    {
        // RFC 3720, B.4: 32 bytes of zero, and of 0 to 31.
        (~Crc32C.Add(Crc32C.Start, new byte[32])).ShouldBe(0x8a9136aau);
        (~Crc32C.Add(Crc32C.Start, [.. Enumerable.Range(0, 32).Select(static i => (byte)i)])).ShouldBe(0x46dd794eu);
        (~Crc32C.Add(Crc32C.Add(Crc32C.Start, "1234"u8), "56789"u8)).ShouldBe(0xe3069283u);
    }

    private static IEnumerable<PropertyInfo> Fields() => typeof(ServicePolicy).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(static p => p.SetMethod is not null);

    private static object ValueOf(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var t when t == typeof(RoutingMode) => RoutingMode.Failover,
        var t when t == typeof(SessionAffinity) => SessionAffinity.ClientIP,
        var t when t == typeof(TrafficDistribution) => TrafficDistribution.PreferSameNode,
        var t when t == typeof(ImmutableArray<RoutingTarget>) => ImmutableArray.Create(new RoutingTarget(TestCatalog.Beta, 30, 2), new RoutingTarget(TestCatalog.Alpha)),
        var t when t == typeof(SpillOver) => SpillOver.None,
        var t when t == typeof(HashKey) => new HashKey(HashKeyKind.Cookie, "cart"),
        var t when t == typeof(string) => "least-request",
        var t when t == typeof(bool) => true,
        var t when t == typeof(int) => 70_000,
        var t when t == typeof(double) => 0.1,
        var t when t == typeof(TimeSpan) => TimeSpan.FromSeconds(1234.5678),
        var t => throw new NotSupportedException($"The format has no test for a {t}."),
    };

    private static byte[] Bytes(KeptState state) => [.. StateFormat.Encode(state).SelectMany(static p => p.Written.ToArray())];

    private static KeptState Sample() => new("kubernetes/alpha", TestCatalog.Alpha, "namespaces sales", Noon)
    {
        Uid = "5b9b",
        Version = "v1.37.2",
        OwnNode = new Locality(TestCatalog.Alpha, "eu", null, "n1"),
        Notes = ImmutableDictionary<string, string>.Empty.Add("version of services", "42").Add("version of nodes", "43"),
        Services =
        [
            new ServiceContribution(TestCatalog.Orders)
            {
                Ports = [new ServicePort("http", 80, TransportProtocol.Tcp, "http"), new ServicePort("dns", 53, TransportProtocol.Udp)],
                ResourceVersion = "41",
                Segments =
                [
                    new EndpointSegmentBuilder(TestCatalog.Alpha, "orders-4", [new EndpointPort("http", 8080, TransportProtocol.Tcp, "http")])
                        .Add(new EndpointDescription(EndpointAddress.Parse("10.0.0.1")) { Region = "eu", Zone = "eu-1", Node = "n1", TargetUid = Guid.Parse("11111111-2222-3333-4444-555555555555") })
                        .Add(new EndpointDescription(EndpointAddress.Parse("10.0.0.2")) { Zone = "eu-1", Node = "n2", Conditions = EndpointConditions.Serving | EndpointConditions.Terminating })
                        .Build(),
                    new EndpointSegmentBuilder(TestCatalog.Alpha, "orders-6", [new EndpointPort("http", 8080)])
                        .Add(new EndpointDescription(EndpointAddress.Parse("fd00::1")) { Node = "n1" })
                        .Add(new EndpointDescription(EndpointAddress.Parse("fd00::2")))
                        .Add(new EndpointDescription(EndpointAddress.Parse("orders.example.com")))
                        .Build(),
                    new EndpointSegmentBuilder(TestCatalog.Alpha, "orders-hints", [])
                        .Add(new EndpointDescription(EndpointAddress.Parse("10.0.0.3")) { Weight = 7, ZoneHints = ["eu-1", "eu-2"], NodeHints = ["n1"] })
                        .Add(new EndpointDescription(EndpointAddress.Parse("fd00::3"))
                        {
                            Region = "eu",
                            TargetUid = Guid.Parse("aaaaaaaa-2222-3333-4444-555555555555"),
                            Labels = ImmutableDictionary<string, string>.Empty.Add("version", "v2").Add("track", "canary"),
                        })
                        .Build(),
                ],
            },
            new ServiceContribution(TestCatalog.Carts)
            {
                IsExported = false,
                ExportedAt = Noon.AddDays(-3),
                Invalid = "carts.sales has no ports. Give the Service a port.",
                Policy = new ServicePolicy { MaxRetries = 3 },
            },
        ],
    };
}
