namespace Mesh.Picks;

/// <summary>
/// Each in turn; with weights, in proportion and well mixed: the n-th pick takes the point n·φ (mod 1) on the weighted line, a sequence that covers every stretch
/// of it evenly (Weyl's additive recurrence), so that one <see cref="Rotation"/> is all the state.
/// </summary>
internal sealed class RoundRobinPicker : EndpointPicker
{
    public const string Name = "round-robin";

    // 2⁶⁴ / φ, odd.
    internal const ulong GoldenStep = 0x9E3779B97F4A7C15;

    private readonly WeightedOrder _order;
    private readonly Rotation _rotation = new();

    public RoundRobinPicker()
        : this(new WeightedOrder([]))
    {
    }

    private RoundRobinPicker(WeightedOrder order) => _order = order;

    public override EndpointPicker ForTier(TierMembers tier) => new RoundRobinPicker(new WeightedOrder(tier.Endpoints));

    public override int Pick(in PickContext context)
    {
        if (!_order.IsWhole(context.Endpoints))
        {
            return WeightedOrder.Among(context);
        }

        var turn = _rotation.Next(context);
        return _order.IsEven ? (int)(turn % (uint)context.Endpoints.Length) : _order.IndexAt(turn * GoldenStep);
    }
}
