namespace Mesh.Probing;

/// <summary>How the endpoints of one service are probed.</summary>
/// <param name="Endpoints">How those are that are dialled themselves; <see langword="null"/> where they are not.</param>
/// <param name="Gateways">How the gateways of other clusters are.</param>
internal sealed record ProbeRules(ProbeRule? Endpoints, ProbeRule Gateways)
{
    /// <summary>How this one is probed; <see langword="null"/> where it is not.</summary>
    public ProbeRule? Of(EndpointState endpoint) => endpoint.Reach == Reach.Gateway ? Gateways : Endpoints;

    /// <summary>The strictest of some policies, at least one: the shortest times. Of the endpoints those decide that have a path.</summary>
    public static ProbeRules Strictest(IReadOnlyCollection<EffectivePolicy> policies)
    {
        ProbeRule[] all = [.. policies.Select(ProbeRule.Of)];
        return new ProbeRules(Shortest([.. all.Where(static r => r.Path is not null)]), Shortest(all)! with { Path = null });
    }

    private static ProbeRule? Shortest(ProbeRule[] rules) =>
        rules.OrderBy(static r => r.Interval).ThenBy(static r => r.Path, StringComparer.Ordinal).FirstOrDefault() is { } first
            ? first with { Timeout = rules.Min(static r => r.Timeout) }
            : null;
}
