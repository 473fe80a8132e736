namespace Mesh.Load;

/// <summary>
/// Each in proportion to what it can do, as it reports itself (gRFC A58, weighted round robin): requests per second ÷ (utilisation + errors ÷ requests). See <see cref="TierUtilizationPicker"/>.
/// </summary>
internal sealed class UtilizationPicker : EndpointPicker
{
    public const string Name = "weighted-by-utilization";

    public override EndpointPicker ForTier(TierMembers tier) => new TierUtilizationPicker(tier.Endpoints);

    public override int Pick(in PickContext context) => context.NextIndex(context.Endpoints.Length);
}
