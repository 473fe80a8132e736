namespace Mesh.Probing;

/// <summary>How somebody is probed.</summary>
/// <param name="Path">The path that is asked; <see langword="null"/> of gateways.</param>
/// <param name="Interval">How often.</param>
/// <param name="Timeout">How long an answer may take.</param>
internal sealed record ProbeRule(string? Path, TimeSpan Interval, TimeSpan Timeout)
{
    public static ProbeRule Of(EffectivePolicy policy) =>
        new(policy.ProbePath, policy.ProbeInterval, policy.ProbeTimeout < policy.ProbeInterval ? policy.ProbeTimeout : policy.ProbeInterval);
}
