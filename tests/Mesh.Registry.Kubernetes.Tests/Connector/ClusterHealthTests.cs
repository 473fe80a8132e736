using Mesh.Connection;
using Mesh.Watch;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Mesh.Connector;

public sealed class ClusterHealthTests : IDisposable
{
    private static readonly WatchTarget Services = new(ResourceType.Services);
    private static readonly WatchTarget Slices = new(ResourceType.EndpointSlices);

    private readonly RecordingSink _sink = new();
    private readonly KubernetesMetrics _metrics = new();
    private readonly ClusterHealth _health;

    public ClusterHealthTests()
    {
        _health = new ClusterHealth(
            new ClusterSnapshot(new ClusterId("alpha")), null, _sink, _metrics, new FakeTimeProvider(), static () => "https://alpha", static () => { }, NullLogger.Instance);
        _health.Start();
        Begin();
    }

    [Fact]
    public void Opened_WhatWasReadIsNotPublished_IsNotLive()
    {
        _health.Opened(Services);
        _health.Opened(Slices);
        _sink.IsLive.ShouldBeFalse("another list, such as that of the Nodes, is waited for, and the catalog has nothing");

        _health.Published();

        _sink.IsLive.ShouldBeTrue();
    }

    [Fact]
    public void Published_NotEveryWatchIsOpen_IsNotLive()
    {
        _health.Opened(Services);
        _health.Published();
        _sink.IsLive.ShouldBeFalse();

        _health.Opened(Slices);

        _sink.IsLive.ShouldBeTrue();
    }

    [Fact]
    public void Begin_Anew_WhatTheSessionBeforePublishedDoesNotCount()
    {
        _health.Published();
        Begin();

        _health.Opened(Services);
        _health.Opened(Slices);

        _sink.IsLive.ShouldBeFalse();
    }

    public void Dispose() => _metrics.Dispose();

    private void Begin() => _health.Begin(new ClusterIdentity("uid", null, "v1.37.2"), [Services, Slices], static _ => { }, static _ => { });
}
