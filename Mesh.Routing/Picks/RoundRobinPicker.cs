namespace Mesh.Picks;

/// <summary>
/// Each in turn; with weights, in proportion and well mixed: the n-th pick takes the point n·φ (mod 1) on the weighted line, a sequence that covers every stretch
/// of it evenly (Weyl's additive recurrence), so that one atomic increment is all the state.
/// </summary>
internal sealed class RoundRobinPicker : EndpointPicker
{
    public const string Name = "round-robin";

    // 2⁶⁴ / φ, odd.
    internal const ulong GoldenStep = 0x9E3779B97F4A7C15;

    private readonly WeightedOrder _order;
    private long _turn = -1;

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

        var turn = (ulong)Interlocked.Increment(ref _turn);
        return _order.IsEven ? (int)(turn % (uint)context.Endpoints.Length) : _order.IndexAt(turn * GoldenStep);
    }
}
