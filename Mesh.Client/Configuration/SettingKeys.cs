namespace Mesh.Configuration;

/// <summary>
/// Which keys a configuration section may have. A test holds it against the options and against docs/schemas/mesh-appsettings.schema.json, so that neither can be forgotten.
/// </summary>
internal sealed class SettingKeys
{
    private static readonly SettingKeys Value = new();

    private static readonly SettingKeys Targets = ListOf(new SettingKeys { ["Cluster"] = Value, ["Weight"] = Value });

    private static readonly SettingKeys Policy = new()
    {
        ["Mode"] = Value,
        ["Targets"] = Targets,
        ["LoadBalancing"] = Value,
        ["ZoneBeforeCluster"] = Value,
        ["ConnectTimeout"] = Value,
        ["TryTimeout"] = Value,
        ["Timeout"] = Value,
        ["MaxRetries"] = Value,
        ["RetryNonIdempotent"] = Value,
        ["RetryBudgetRatio"] = Value,
        ["RetryBudgetMinimum"] = Value,
        ["ConsecutiveFailures"] = Value,
        ["EjectionTime"] = Value,
        ["MaxEjectionTime"] = Value,
        ["MaxEjectedPercent"] = Value,
        ["MaxRequestsInFlight"] = Value,
        ["WidenClusterLocal"] = Value,
        ["Enabled"] = Value,
    };

    private readonly Dictionary<string, SettingKeys> _named = new(StringComparer.OrdinalIgnoreCase);
    private SettingKeys? _each;

    /// <summary>The section <c>Mesh</c>.</summary>
    public static SettingKeys Mesh { get; } = new()
    {
        ["Locality"] = new SettingKeys
        {
            ["Cluster"] = Value,
            ["Region"] = Value,
            ["Zone"] = Value,
            ["Node"] = Value,
            ["Namespace"] = Value,
            ["Network"] = Value,
        },
        ["Namespaces"] = ListOf(Value),
        ["StateDirectory"] = Value,
        ["InitialSyncTimeout"] = Value,
        ["InterestExpiry"] = Value,
        ["Policy"] = Policy,
        ["Services"] = ListOf(Policy),
        ["Seed"] = Value,
        ["Clusters"] = new SettingKeys { IsOpen = true },
    };

    /// <summary>Whether somebody else looks at what is below: the package that the clusters are added by.</summary>
    public bool IsOpen { get; private init; }

    public IReadOnlyDictionary<string, SettingKeys> Named => _named;

    /// <summary>What each entry may have, where the keys are the user's own (a list, a map); else <see langword="null"/>.</summary>
    public SettingKeys? Each => _each;

    private SettingKeys this[string name]
    {
        set => _named[name] = value;
    }

    private static SettingKeys ListOf(SettingKeys each) => new() { _each = each };
}
