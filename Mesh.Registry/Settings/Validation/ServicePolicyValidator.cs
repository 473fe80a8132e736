using Mesh.Validation;

namespace Mesh.Settings;

/// <summary>The rules of a policy, checked on what was configured.</summary>
internal static class ServicePolicyValidator
{
    public static void Check(SettingErrors errors, ServicePolicyOptions policy)
    {
        PolicyRules.Check(policy.ToPolicyWithoutTargets(), errors.Add);
        PolicyRules.CheckTargets((policy.Targets ?? []).Select(static t => (t?.Cluster, t?.Weight ?? 0)), errors.Add);
    }
}
