using Mesh.Explaining;
using Mesh.Picks;
using Mesh.Validation;

namespace Mesh.Policies;

/// <summary>The configured policies and the algorithms they may name.</summary>
internal sealed class PolicyBook
{
    private readonly PickerCatalog _pickers;
    private volatile ConfiguredPolicies _configured;

    /// <summary>Checks the configured policies, all at once.</summary>
    /// <exception cref="ArgumentException">One cannot be followed.</exception>
    public PolicyBook(ConfiguredPolicies configured, PickerCatalog pickers)
    {
        _pickers = pickers;
        _configured = Checked(configured);
    }

    /// <summary>What is configured now.</summary>
    public ConfiguredPolicies Configured => _configured;

    /// <summary>Configures others from now on, or nothing where one of them cannot be followed.</summary>
    /// <exception cref="ArgumentException">One cannot be followed.</exception>
    public void Configure(ConfiguredPolicies configured) => _configured = Checked(configured);

    /// <summary>What of a policy cannot be followed, a sentence each.</summary>
    public IReadOnlyList<string> Check(ServicePolicy policy)
    {
        var problems = new List<string>();
        PolicyRules.Check(policy, Report);
        PolicyRules.CheckTargets(policy.Mode, PolicyRules.TargetsOf(policy), Report);
        if (policy.LoadBalancing is { Length: > 0 and <= 100 } name && _pickers.Find(name) is null)
        {
            problems.Add(Unknown(name));
        }

        return problems;

        void Report(string field, string problem) => problems.Add($"{field} {problem}");
    }

    /// <param name="configured">What was configured when it was looked.</param>
    /// <param name="service">The service.</param>
    /// <param name="client">The client's own policy.</param>
    /// <param name="snapshot">The service as its sources say it.</param>
    /// <param name="own">The own cluster.</param>
    /// <param name="instead">A policy in place of the configured one of the service; <see langword="null"/> for that one.</param>
    public EffectivePolicy Resolve(ConfiguredPolicies configured, ServiceName service, ServicePolicy? client, ServiceSnapshot? snapshot, ClusterId own, ServicePolicy? instead = null)
    {
        var layers = new List<(PolicyOrigin, ServicePolicy?)>
        {
            (PolicyOrigin.Client, client),
            (PolicyOrigin.Service, instead ?? configured.Services.GetValueOrDefault(service)),
        };
        if (snapshot is not null)
        {
            // The own cluster speaks first, then the oldest export (as for conflicting ports), then by name. What a cluster keeps to itself says nothing to others.
            layers.AddRange(snapshot.Contributions.Where(c => c.Service.Policy is not null && (c.Service.IsExported || c.Cluster == own))
                .OrderBy(c => c.Cluster == own ? 0 : 1).ThenBy(static c => c.Service.ExportedAt ?? DateTimeOffset.MaxValue).ThenBy(static c => c.Cluster)
                .Select(c => (PolicyOrigin.Source, c.Service.Policy is { } said && IsUnknown(said.LoadBalancing) ? said with { LoadBalancing = null } : c.Service.Policy)));
        }

        layers.Add((PolicyOrigin.Configuration, configured.Default));
        return PolicyResolver.Resolve([.. layers]);
    }

    /// <summary>The algorithm of a policy.</summary>
    public EndpointPicker PickerOf(EffectivePolicy policy) => _pickers.Find(policy.LoadBalancing) ?? _pickers.Find(LeastRequestPicker.Name)!;

    /// <summary>What of the policies that sources bring cannot be followed, a sentence each with what holds instead: the rest of them holds.</summary>
    /// <param name="policy">What is in force.</param>
    /// <param name="snapshot">The service as its sources say it.</param>
    /// <param name="own">The own cluster.</param>
    public IReadOnlyList<string> ProblemsOf(EffectivePolicy policy, ServiceSnapshot? snapshot, ClusterId own)
    {
        var origin = policy.Origins.GetValueOrDefault(nameof(EffectivePolicy.LoadBalancing));
        if (snapshot is null || origin is PolicyOrigin.Client or PolicyOrigin.Service)
        {
            return [];
        }

        return
        [
            .. snapshot.Contributions.Where(c => c.Service.Policy is not null && (c.Service.IsExported || c.Cluster == own)).Select(static c => c.Service.Policy!.LoadBalancing).Where(IsUnknown)
                .Distinct(StringComparer.Ordinal).Select(name => $"{Unknown(name!)} Until then '{policy.LoadBalancing}' holds ({Phrases.Of(origin)})."),
        ];
    }

    /// <summary>What of a policy has no effect as it is, a sentence each. Code may make it right, so that nobody is warned: it is said where somebody asks.</summary>
    public IEnumerable<string> Doubts(EffectivePolicy policy)
    {
        var hashes = _pickers.Hashes(policy.LoadBalancing);
        if (hashes == true && policy.HashKey is null)
        {
            yield return $"LoadBalancing '{policy.LoadBalancing}' hashes what HashKey says, and no HashKey is set: requests go to any endpoint, but for those of code that passes a hash itself (PickHints.Hash). Set HashKey, unless all of yours do.";
        }
        else if (hashes == false && policy.HashKey is { } key)
        {
            yield return $"HashKey '{key}' has no effect: LoadBalancing '{policy.LoadBalancing}' does not hash. Use ring-hash or maglev, or leave HashKey out.";
        }
    }

    private bool IsUnknown(string? algorithm) => algorithm is { Length: > 0 } && _pickers.Find(algorithm) is null;

    private string Unknown(string name) => $"LoadBalancing '{DnsLabel.Printable(name)}' is not known; known are {_pickers.Names}. Add your own with AddPicker.";

    private ConfiguredPolicies Checked(ConfiguredPolicies configured)
    {
        string[] problems =
        [
            .. Check(configured.Default).Select(static p => $"The policy of all services: {p}"),
            .. configured.Services.OrderBy(static s => s.Key).SelectMany(s => Check(s.Value).Select(p => $"The policy of {s.Key}: {p}")),
        ];
        return problems.Length == 0 ? configured : throw new ArgumentException(string.Join(Environment.NewLine, problems), nameof(configured));
    }
}
