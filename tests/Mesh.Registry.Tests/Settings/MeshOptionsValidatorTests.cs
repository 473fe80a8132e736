using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Mesh.Settings;

public class MeshOptionsValidatorTests
{
    private static List<string> Errors(Action<MeshOptions> configure)
    {
        var options = new MeshOptions();
        configure(options);
        return new MeshOptionsValidator().Validate(null, options).Failures?.ToList() ?? [];
    }

    [Fact]
    public void Validate_Defaults_NoErrors() => Errors(_ => { }).ShouldBeEmpty();

    [Fact]
    public void Validate_ManyErrors_AllAtOnceEachNamingItsSetting()
    {
        var errors = Errors(o =>
        {
            o.Locality.Cluster = "Alpha!";
            o.Locality.Zone = "-";
            o.Namespaces = ["sales", "no_good"];
            o.InitialSyncTimeout = TimeSpan.FromSeconds(-1);
            o.Policy.ConnectTimeout = TimeSpan.FromSeconds(-2);
            o.Services["orders"] = new();
            o.Services["orders.sales"] = new()
            {
                Mode = RoutingMode.ActiveActive,
                HashKey = "cookie",
                MaxRetries = 11,
                RetryBudgetRatio = double.NaN,
                Targets = [new() { Cluster = "beta" }, new() { Cluster = "beta" }, new()],
            };
        });

        string[] expected =
        [
            "Mesh:Locality:Cluster is 'Alpha!'",
            "Mesh:Locality:Zone is '-'",
            "Mesh:Namespaces:1 is 'no_good'",
            "Mesh:InitialSyncTimeout is -1s: use a time from 0s to 10m.",
            "Mesh:Policy:ConnectTimeout is -2s: use a time from 1ms to 5m.",
            "Mesh:Services:orders is not a service",
            "Mesh:Services:orders.sales:HashKey is 'cookie': use header:NAME, cookie:NAME, source-address or path.",
            "Mesh:Services:orders.sales:MaxRetries is 11: use 0 to 10.",
            "Mesh:Services:orders.sales:RetryBudgetRatio is NaN",
            "Mesh:Services:orders.sales:Targets:1:Cluster names 'beta' a second time",
            "Mesh:Services:orders.sales:Targets:2:Cluster is not set",
        ];
        foreach (var part in expected)
        {
            errors.ShouldContain(e => e.StartsWith(part, StringComparison.Ordinal), $"{part} in:\n{string.Join('\n', errors)}");
        }

        errors.Count.ShouldBe(expected.Length);
    }

    [Fact]
    public void Validate_MaxEjectionTimeBelowEjectionTime_Refused() =>
        Errors(o => (o.Policy.EjectionTime, o.Policy.MaxEjectionTime) = (TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5)))
            .ShouldHaveSingleItem().ShouldStartWith("Mesh:Policy:MaxEjectionTime is 5s: use a time from 10s to 1h.");

    [Fact]
    public void Validate_TimesAndNumbersJustOutOfTheirRanges_EachNamesItsSetting()
    {
        var errors = Errors(static o =>
        {
            o.InitialSyncTimeout = TimeSpan.FromMinutes(10.1);
            o.InterestExpiry = TimeSpan.Zero;
            o.Policy = new ServicePolicyOptions
            {
                TryTimeout = TimeSpan.Zero,
                Timeout = TimeSpan.FromTicks(-1),
                EjectionTime = TimeSpan.FromMinutes(6),
                RetryBudgetRatio = 1.1,
                RetryBudgetMinimum = -1,
                ConsecutiveFailures = 0,
                MaxEjectedPercent = 101,
                MaxRequestsInFlight = 0,
                HashBalanceFactor = 99,
                SlowStart = TimeSpan.FromHours(2),
                SubsetSize = -1,
                SpillOver = (SpillOver)9,
                SessionAffinity = (SessionAffinity)9,
                SessionAffinityName = "a b",
                SessionAffinityTimeout = TimeSpan.Zero,
                ProbePath = "/a#b",
                ProbeInterval = TimeSpan.FromMilliseconds(99),
                ProbeTimeout = TimeSpan.FromSeconds(1),
                MaxBufferedBody = -1,
                HedgingDelay = TimeSpan.Zero,
                LoadBalancing = " ",
                Mode = (RoutingMode)99,
                Targets = [new() { Cluster = "beta", Weight = -1 }, new() { Cluster = "Beta!" }, null!],
            };
        });

        string[] settings =
        [
            "InitialSyncTimeout is 606s: use a time from 0s to 10m.",
            "InterestExpiry is 0s: use a time from 1s to 24h.",
            "Policy:TryTimeout is 0s: use a time from 1ms to 1h.",
            "Policy:Timeout is -0.0001ms",
            "Policy:EjectionTime is 6m",
            "Policy:RetryBudgetRatio is 1.1: use 0 to 1.",
            "Policy:RetryBudgetMinimum is -1",
            "Policy:ConsecutiveFailures is 0: use 1 to 1000.",
            "Policy:MaxEjectedPercent is 101",
            "Policy:MaxRequestsInFlight is 0",
            "Policy:HashBalanceFactor is 99: use 100 to 10000.",
            "Policy:SlowStart is 2h",
            "Policy:SubsetSize is -1",
            "Policy:SpillOver is 9: use Capacity or Health or None.",
            "Policy:SessionAffinity is 9",
            "Policy:SessionAffinityName is 'a b'",
            "Policy:SessionAffinityTimeout is 0s",
            "Policy:ProbePath is '/a#b'",
            "Policy:ProbeInterval is 99ms",
            "Policy:ProbeTimeout is 1s: use a time from 1ms to 99ms.",
            "Policy:MaxBufferedBody is -1",
            "Policy:HedgingDelay is 0s",
            "Policy:LoadBalancing is empty",
            "Policy:Mode is 99",
            "Policy:Targets:0:Weight is -1",
            "Policy:Targets:1:Cluster is 'Beta!'",
            "Policy:Targets:2:Cluster is not set",
        ];
        foreach (var setting in settings)
        {
            errors.ShouldContain(e => e.StartsWith($"Mesh:{setting}", StringComparison.Ordinal), $"{setting} in:\n{string.Join('\n', errors)}");
        }

        errors.Count.ShouldBe(settings.Length, string.Join('\n', errors));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Validate_EnabledElsewhereThanAtAClient_IsRefusedByName(bool enabled)
    {
        var errors = Errors(o =>
        {
            o.Policy.Enabled = enabled;
            o.Services["orders.sales"] = new ServicePolicyOptions { Enabled = enabled };
        });

        errors.Count.ShouldBe(2);
        errors[0].ShouldStartWith("Mesh:Policy:Enabled has no effect here: only a client can leave the mesh out");
        errors[1].ShouldStartWith("Mesh:Services:orders.sales:Enabled has no effect here");
    }

    [Fact]
    public void Validate_EveryPartOfTheLocalityWrong_EachNamesItsSetting()
    {
        var errors = Errors(static o => o.Locality = new MeshLocalityOptions { Cluster = "", Region = "a b", Zone = "z_", Node = "", Namespace = "Sales", Network = new string('n', 64) });

        errors.Select(static e => e.Split(' ')[0]).Order(StringComparer.Ordinal).ShouldBe(
            ["Mesh:Locality:Cluster", "Mesh:Locality:Namespace", "Mesh:Locality:Network", "Mesh:Locality:Node", "Mesh:Locality:Region", "Mesh:Locality:Zone"]);
    }

    [Fact]
    public void Validate_NamespacesWithoutAName_RefusedByPlace() =>
        Errors(static o => o.Namespaces = ["sales", null!, ""]).Select(static e => e.Split(' ')[0]).ShouldBe(["Mesh:Namespaces:1", "Mesh:Namespaces:2"]);

    [Fact]
    public void Value_SettingsThatAreNull_MeanTheDefault()
    {
        var services = new ServiceCollection();
        new Builder(services).AddMeshOptions().Configure(static o =>
        {
            (o.Locality, o.Policy, o.Namespaces) = (null!, null!, null!);
            o.Services["orders.sales"] = null!;
        });
        using var provider = services.BuildServiceProvider();

        var options = provider.GetRequiredService<IOptions<MeshOptions>>().Value;

        options.Namespaces.ShouldBeEmpty();
        options.Services["orders.sales"].ToPolicy().ShouldBe(ServicePolicy.Empty);
        options.Policy.ToPolicy().ShouldBe(ServicePolicy.Empty);
        options.Locality.Region.ShouldBe(Environment.GetEnvironmentVariable("MESH_REGION"));
    }

    private sealed record Builder(IServiceCollection Services) : IMeshBuilder;

    [Fact]
    public void ToPolicy_EveryPropertySet_ArrivesInThePolicy()
    {
        var options = new ServicePolicyOptions();
        foreach (var property in typeof(ServicePolicyOptions).GetProperties())
        {
            property.SetValue(options, property.Name switch
            {
                nameof(options.Targets) => new List<RoutingTargetOptions> { new() { Cluster = "beta", Weight = 7, Priority = 2 } },
                nameof(options.Mode) => RoutingMode.Failover,
                nameof(options.SpillOver) => SpillOver.None,
                nameof(options.SessionAffinity) => SessionAffinity.Cookie,
                nameof(options.HashKey) => "header:x-user",
                _ when property.PropertyType == typeof(string) => $"the {property.Name}",
                _ when property.PropertyType == typeof(TimeSpan?) => TimeSpan.FromSeconds(3),
                _ when property.PropertyType == typeof(int?) => 3,
                _ when property.PropertyType == typeof(double?) => 0.5,
                _ => true,
            });
        }

        var policy = options.ToPolicy();

        policy.Targets.ShouldBe([new RoutingTarget(new ClusterId("beta"), 7, 2)]);
        policy.HashKey.ShouldBe(new HashKey(HashKeyKind.Header, "x-user"));
        foreach (var property in typeof(ServicePolicyOptions).GetProperties().Where(p => p.Name is not (nameof(options.Targets) or nameof(options.HashKey))))
        {
            typeof(ServicePolicy).GetProperty(property.Name).ShouldNotBeNull(property.Name).GetValue(policy).ShouldBe(property.GetValue(options), property.Name);
        }
    }
}
