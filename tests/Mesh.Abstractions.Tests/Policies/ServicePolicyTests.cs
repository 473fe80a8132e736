using System.Collections.Immutable;

namespace Mesh.Policies;

public class ServicePolicyTests
{
    [Fact]
    public void ToString_WhatIsSet_IsSaidAndNothingElse()
    {
        ServicePolicy.Empty.ToString().ShouldBe("says nothing");
        new ServicePolicy { Mode = RoutingMode.Failover, Targets = [new(new ClusterId("beta")), new(new ClusterId("gamma"), 7)], MaxRetries = 2 }.ToString()
            .ShouldBe("Mode Failover, Targets beta 100 then gamma 7, MaxRetries 2");
    }

    [Fact]
    public void EveryProperty_IsInEqualityInOrAndInToString()
    {
        foreach (var property in typeof(ServicePolicy).GetProperties().Where(static p => p.CanWrite))
        {
            var policy = new ServicePolicy();
            property.SetValue(policy, property.Name switch
            {
                nameof(ServicePolicy.Targets) => (ImmutableArray<RoutingTarget>)[new RoutingTarget(new ClusterId("beta"))],
                nameof(ServicePolicy.Mode) => RoutingMode.Failover,
                nameof(ServicePolicy.LoadBalancing) => "random",
                nameof(ServicePolicy.SessionAffinity) => SessionAffinity.ClientIP,
                nameof(ServicePolicy.SpillOver) => SpillOver.Health,
                nameof(ServicePolicy.HashKey) => new HashKey(HashKeyKind.Header, "x-user"),
                nameof(ServicePolicy.SessionAffinityName) => "cart",
                nameof(ServicePolicy.ProbePath) => "/healthz",
                nameof(ServicePolicy.TrafficDistribution) => TrafficDistribution.PreferSameNode,
                _ when property.PropertyType == typeof(TimeSpan?) => TimeSpan.FromSeconds(3),
                _ when property.PropertyType == typeof(int?) => 3,
                _ when property.PropertyType == typeof(double?) => 0.5,
                _ => true,
            });

            policy.ShouldNotBe(ServicePolicy.Empty, property.Name);
            policy.ToString().ShouldStartWith($"{property.Name} ");
            new ServicePolicy().Or(policy).ShouldBe(policy, property.Name);
            policy.Or(new ServicePolicy()).ShouldBe(policy, property.Name);
        }
    }
}
