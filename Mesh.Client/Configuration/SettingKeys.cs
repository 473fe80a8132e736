namespace Mesh.Configuration;

/// <summary>
/// Which keys a configuration section may have, and what each is. A test holds it against the options and against docs/schemas/mesh-appsettings.schema.json, so that none can be forgotten.
/// </summary>
internal sealed class SettingKeys
{
    private static readonly SettingKeys Text = new(SettingKind.Text);
    private static readonly SettingKeys Whole = new(SettingKind.Whole);
    private static readonly SettingKeys Number = new(SettingKind.Number);
    private static readonly SettingKeys Truth = new(SettingKind.Truth);
    private static readonly SettingKeys Time = new(SettingKind.Time);

    // As in catalog files, a target may be the cluster's name alone.
    private static readonly SettingKeys Target = new(SettingKind.Object) { ["Cluster"] = Text, ["Weight"] = Whole, ["Priority"] = Whole, ShortFor = "Cluster" };

    private static readonly SettingKeys Policy = new(SettingKind.Object)
    {
        ["Mode"] = new SettingKeys(SettingKind.Mode),
        ["Targets"] = new SettingKeys(SettingKind.List) { Each = Target },
        ["LoadBalancing"] = Text,
        ["SpillOver"] = new SettingKeys(SettingKind.SpillOver),
        ["HashKey"] = Text,
        ["HashBalanceFactor"] = Whole,
        ["SlowStart"] = Time,
        ["SubsetSize"] = Whole,
        ["ZoneBeforeCluster"] = Truth,
        ["ConnectTimeout"] = Time,
        ["TryTimeout"] = Time,
        ["Timeout"] = Time,
        ["MaxRetries"] = Whole,
        ["RetryNonIdempotent"] = Truth,
        ["RetryBudgetRatio"] = Number,
        ["RetryBudgetMinimum"] = Number,
        ["ConsecutiveFailures"] = Whole,
        ["EjectionTime"] = Time,
        ["MaxEjectionTime"] = Time,
        ["MaxEjectedPercent"] = Whole,
        ["MaxRequestsInFlight"] = Whole,
        ["WidenClusterLocal"] = Truth,
        ["SessionAffinity"] = new SettingKeys(SettingKind.SessionAffinity),
        ["SessionAffinityName"] = Text,
        ["SessionAffinityTimeout"] = Time,
        ["ProbePath"] = Text,
        ["ProbeInterval"] = Time,
        ["ProbeTimeout"] = Time,
        ["MaxBufferedBody"] = Whole,
        ["Hedging"] = Truth,
        ["HedgingDelay"] = Time,
        ["PropagateDeadline"] = Truth,
        ["Enabled"] = Truth,
    };

    private readonly Dictionary<string, SettingKeys> _named = new(StringComparer.OrdinalIgnoreCase);

    private SettingKeys(SettingKind kind) => Kind = kind;

    /// <summary>The section <c>Mesh</c>.</summary>
    public static SettingKeys Mesh { get; } = new(SettingKind.Object)
    {
        ["Locality"] = new SettingKeys(SettingKind.Object)
        {
            ["Cluster"] = Text,
            ["Region"] = Text,
            ["Zone"] = Text,
            ["Node"] = Text,
            ["Namespace"] = Text,
            ["Network"] = Text,
        },
        ["Namespaces"] = new SettingKeys(SettingKind.List) { Each = Text },
        ["StateDirectory"] = Text,
        ["MaxCachedAge"] = Time,
        ["InitialSyncTimeout"] = Time,
        ["InterestExpiry"] = Time,
        ["Policy"] = Policy,
        ["Services"] = new SettingKeys(SettingKind.Map) { Each = Policy },
        ["Identity"] = new SettingKeys(SettingKind.Object)
        {
            ["TrustDomain"] = Text,
            ["Certificate"] = Text,
            ["Key"] = Text,
            ["TrustBundle"] = Text,
            ["ClusterTrustBundles"] = new SettingKeys(SettingKind.Map) { Each = Text },
        },
        ["Seed"] = Whole,
        ["Clusters"] = new SettingKeys(SettingKind.Map) { Each = new SettingKeys(SettingKind.Open) },
    };

    public SettingKind Kind { get; }

    /// <summary>Whether it is a single value.</summary>
    public bool IsValue => Kind is not (SettingKind.List or SettingKind.Map or SettingKind.Object or SettingKind.Open);

    public IReadOnlyDictionary<string, SettingKeys> Named => _named;

    /// <summary>What each entry is, of a list and where the keys are the user's own; else <see langword="null"/>.</summary>
    public SettingKeys? Each { get; private init; }

    /// <summary>The key that text in place of the object is the value of; <see langword="null"/> where it has to be an object.</summary>
    public string? ShortFor { get; private init; }

    private SettingKeys this[string name]
    {
        set => _named[name] = value;
    }
}
