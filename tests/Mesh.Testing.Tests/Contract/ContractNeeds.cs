namespace Mesh.Contract;

/// <summary>Needs against capabilities.</summary>
internal static class ContractNeeds
{
    /// <summary>The capabilities that decide; the others say nothing about what the API server itself does.</summary>
    public const KubernetesServerCapabilities Deciding =
        KubernetesServerCapabilities.Rbac | KubernetesServerCapabilities.WatchList | KubernetesServerCapabilities.FaultHooks;

    public static bool IsMetBy(this ContractNeed need, KubernetesServerCapabilities capabilities) => need switch
    {
        ContractNeed.WatchList => capabilities.HasFlag(KubernetesServerCapabilities.WatchList),
        ContractNeed.WatchListOff => capabilities.HasFlag(KubernetesServerCapabilities.FaultHooks) || !capabilities.HasFlag(KubernetesServerCapabilities.WatchList),
        ContractNeed.FaultHooks => capabilities.HasFlag(KubernetesServerCapabilities.FaultHooks),
        ContractNeed.Rbac => capabilities.HasFlag(KubernetesServerCapabilities.Rbac),
        _ => true,
    };

    /// <summary>In the words of the table.</summary>
    public static string Describe(this ContractNeed need) => need switch
    {
        ContractNeed.Nothing => "",
        ContractNeed.WatchList => "WatchList",
        ContractNeed.WatchListOff => "no WatchList, or fault hooks",
        ContractNeed.FaultHooks => "fault hooks",
        _ => "RBAC",
    };
}
