namespace Mesh.Soak;

/// <summary>What happens to the world of a <see cref="SoakRun"/>.</summary>
internal enum SoakFault
{
    LinkCut,
    LinkSilent,
    LinkSlow,
    LinkReset,
    PodsMove,
    PodsScale,
    PodDies,
    PodHangs,
    PodFails,
    ApiServerStops,
    AddressReused,
}
