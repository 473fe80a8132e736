namespace Mesh.Picks;

/// <summary>Any of them, each as often as its weight says.</summary>
internal sealed class RandomPicker : EndpointPicker
{
    public const string Name = "random";

    private readonly WeightedOrder _order;

    public RandomPicker()
        : this(new WeightedOrder([]))
    {
    }

    private RandomPicker(WeightedOrder order) => _order = order;

    public override EndpointPicker ForTier(TierMembers tier) => new RandomPicker(new WeightedOrder(tier.Endpoints));

    public override int Pick(in PickContext context) =>
        _order.IsWhole(context.Endpoints) ? _order.IndexAt(context.NextRandom()) : WeightedOrder.Among(context);
}
