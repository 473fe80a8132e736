namespace Mesh.Transport;

/// <summary>One client that calls services with unlike connect limits.</summary>
public class ConnectLimitsTests
{
    private readonly ConnectLimits _limits = new(new TransportSettings(new MeshTransportOptions(), TimeSpan.FromSeconds(1)));

    [Fact]
    public void With_TwoLimitsInTurn_MakesEachOnce()
    {
        var one = _limits.With(TimeSpan.FromSeconds(2));
        var other = _limits.With(TimeSpan.FromSeconds(3));

        (one.ConnectTimeout, other.ConnectTimeout).ShouldBe((TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3)));
        _limits.With(TimeSpan.FromSeconds(2)).ShouldBeSameAs(one);
        _limits.With(TimeSpan.FromSeconds(3)).ShouldBeSameAs(other);
    }

    [Fact]
    public void With_AnotherLimitEachTime_IsRight()
    {
        for (var i = 1; i <= 3 * ConnectLimits.Capacity; i++)
        {
            _limits.With(TimeSpan.FromSeconds(i)).ConnectTimeout.ShouldBe(TimeSpan.FromSeconds(i));
        }
    }
}
