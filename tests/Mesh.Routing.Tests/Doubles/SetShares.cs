using Mesh.Spill;

namespace Mesh.Doubles;

/// <summary>A rule of spill-over whose shares the test sets: they hold from the next second on.</summary>
internal sealed class SetShares : ISpillRule
{
    private double[] _next = [1];

    private double[] _parts = [1];

    public double Shed { get; set; }

    public bool[]? Full { get; set; }

    public int Moves { get; private set; }

    public double[] Next
    {
        set => _next = value;
    }

    public TierShares Split(SpillTier[] tiers, double now) => new([.. _parts.Concat(Enumerable.Repeat(0d, tiers.Length)).Take(tiers.Length)], Shed, Full);

    public void Move(SpillTier[] tiers, double now)
    {
        Moves++;
        _parts = _next;
    }

    /// <summary>A mesh of two clusters with a pod each that shares by it.</summary>
    public TestMesh World()
    {
        var mesh = new TestMesh().Cluster("alpha").Cluster("beta").Service(
            TestMesh.Part("alpha", new Pod("10.0.0.1", Node: "n2"), new Pod("10.0.0.2", Node: "n3")), TestMesh.Part("beta", new Pod("10.0.1.1"), new Pod("10.0.1.2")));
        mesh.Router.Context.NewSpillRule = () => this;
        return mesh;
    }
}
