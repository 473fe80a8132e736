using Mesh.Validation;

namespace Mesh.Settings;

/// <summary>The rules of a policy, checked on what was configured.</summary>
internal static class ServicePolicyValidator
{
    public static void Check(SettingErrors errors, ServicePolicyOptions policy)
    {
        PolicyRules.Check(policy.ToPolicyWithoutTargets(), errors.Add);
        PolicyRules.CheckTargets(policy.Mode, [.. (policy.Targets ?? []).Select(static t => (t?.Cluster, t?.Weight ?? 0, t?.Priority))], errors.Add);
        if (policy.HashKey is { } key && !HashKey.TryParse(key, out _))
        {
            errors.Add(nameof(policy.HashKey), PolicyRules.NotAHashKey(key));
        }
    }
}
