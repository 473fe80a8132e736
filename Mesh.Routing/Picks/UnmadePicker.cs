namespace Mesh.Picks;

/// <summary>Stands for an algorithm that threw when it was told of a tier: each pick tells it again, so that who picks sees what it throws, and the first time that it does not it serves.</summary>
/// <param name="algorithm">The algorithm.</param>
/// <param name="tier">The tier.</param>
internal sealed class UnmadePicker(EndpointPicker algorithm, TierMembers tier) : EndpointPicker
{
    private volatile EndpointPicker? _made;

    public override int Pick(in PickContext context) => (_made ??= algorithm.ForTier(tier)).Pick(context);
}
