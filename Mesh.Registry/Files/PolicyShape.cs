using System.Collections.Immutable;
using System.Text.Json;
using Mesh.Validation;

namespace Mesh.Files;

/// <summary>The policy of a service in a catalog file.</summary>
internal static class PolicyShape
{
    public static readonly ObjectShape<TargetDraft> Target = new(
        "target",
        ("cluster", static (JsonText t, ref Utf8JsonReader j, TargetDraft target) => ReadCluster(t, ref j, target)),
        ("weight", static (JsonText t, ref Utf8JsonReader j, TargetDraft target) => target.Weight = t.ReadInt(ref j, 0, EndpointSegmentBuilder.MaxWeight) ?? target.Weight),
        ("priority", static (JsonText t, ref Utf8JsonReader j, TargetDraft target) => target.Priority = t.ReadInt(ref j, 0, 1000)));

    public static readonly ObjectShape<PolicyDraft> Policy = new(
        "policy",
        ("mode", static (JsonText t, ref Utf8JsonReader j, PolicyDraft p) => p.Policy = p.Policy with { Mode = ReadWord<RoutingMode>(t, ref j) }),
        ("targets", static (JsonText t, ref Utf8JsonReader j, PolicyDraft p) =>
        {
            List<RoutingTarget> targets = [];
            t.ReadArray(ref j, targets, ReadTarget);
            p.Policy = p.Policy with { Targets = [.. targets] };
        }
    ),
        ("loadBalancing", static (JsonText t, ref Utf8JsonReader j, PolicyDraft p) => p.Policy = p.Policy with { LoadBalancing = t.ReadString(ref j) }),
        ("spillOver", static (JsonText t, ref Utf8JsonReader j, PolicyDraft p) => p.Policy = p.Policy with { SpillOver = ReadWord<SpillOver>(t, ref j) }),
        ("hashKey", static (JsonText t, ref Utf8JsonReader j, PolicyDraft p) => p.Policy = p.Policy with { HashKey = ReadHashKey(t, ref j) }),
        ("hashBalanceFactor", static (JsonText t, ref Utf8JsonReader j, PolicyDraft p) => p.Policy = p.Policy with { HashBalanceFactor = ReadWhole(t, ref j) }),
        ("slowStart", static (JsonText t, ref Utf8JsonReader j, PolicyDraft p) => p.Policy = p.Policy with { SlowStart = ReadTime(t, ref j) }),
        ("subsetSize", static (JsonText t, ref Utf8JsonReader j, PolicyDraft p) => p.Policy = p.Policy with { SubsetSize = ReadWhole(t, ref j) }),
        ("zoneBeforeCluster", static (JsonText t, ref Utf8JsonReader j, PolicyDraft p) => p.Policy = p.Policy with { ZoneBeforeCluster = t.ReadBool(ref j) }),
        ("connectTimeout", static (JsonText t, ref Utf8JsonReader j, PolicyDraft p) => p.Policy = p.Policy with { ConnectTimeout = ReadTime(t, ref j) }),
        ("tryTimeout", static (JsonText t, ref Utf8JsonReader j, PolicyDraft p) => p.Policy = p.Policy with { TryTimeout = ReadTime(t, ref j) }),
        ("timeout", static (JsonText t, ref Utf8JsonReader j, PolicyDraft p) => p.Policy = p.Policy with { Timeout = ReadTime(t, ref j) }),
        ("maxRetries", static (JsonText t, ref Utf8JsonReader j, PolicyDraft p) => p.Policy = p.Policy with { MaxRetries = ReadWhole(t, ref j) }),
        ("retryNonIdempotent", static (JsonText t, ref Utf8JsonReader j, PolicyDraft p) => p.Policy = p.Policy with { RetryNonIdempotent = t.ReadBool(ref j) }),
        ("retryBudgetRatio", static (JsonText t, ref Utf8JsonReader j, PolicyDraft p) => p.Policy = p.Policy with { RetryBudgetRatio = t.ReadNumber(ref j) }),
        ("retryBudgetMinimum", static (JsonText t, ref Utf8JsonReader j, PolicyDraft p) => p.Policy = p.Policy with { RetryBudgetMinimum = t.ReadNumber(ref j) }),
        ("consecutiveFailures", static (JsonText t, ref Utf8JsonReader j, PolicyDraft p) => p.Policy = p.Policy with { ConsecutiveFailures = ReadWhole(t, ref j) }),
        ("ejectionTime", static (JsonText t, ref Utf8JsonReader j, PolicyDraft p) => p.Policy = p.Policy with { EjectionTime = ReadTime(t, ref j) }),
        ("maxEjectionTime", static (JsonText t, ref Utf8JsonReader j, PolicyDraft p) => p.Policy = p.Policy with { MaxEjectionTime = ReadTime(t, ref j) }),
        ("maxEjectedPercent", static (JsonText t, ref Utf8JsonReader j, PolicyDraft p) => p.Policy = p.Policy with { MaxEjectedPercent = ReadWhole(t, ref j) }),
        ("maxRequestsInFlight", static (JsonText t, ref Utf8JsonReader j, PolicyDraft p) => p.Policy = p.Policy with { MaxRequestsInFlight = ReadWhole(t, ref j) }),
        ("widenClusterLocal", static (JsonText t, ref Utf8JsonReader j, PolicyDraft p) => p.Policy = p.Policy with { WidenClusterLocal = t.ReadBool(ref j) }),
        ("sessionAffinity", static (JsonText t, ref Utf8JsonReader j, PolicyDraft p) => p.Policy = p.Policy with { SessionAffinity = ReadWord<SessionAffinity>(t, ref j) }),
        ("sessionAffinityName", static (JsonText t, ref Utf8JsonReader j, PolicyDraft p) => p.Policy = p.Policy with { SessionAffinityName = t.ReadString(ref j) }),
        ("sessionAffinityTimeout", static (JsonText t, ref Utf8JsonReader j, PolicyDraft p) => p.Policy = p.Policy with { SessionAffinityTimeout = ReadTime(t, ref j) }),
        ("probePath", static (JsonText t, ref Utf8JsonReader j, PolicyDraft p) => p.Policy = p.Policy with { ProbePath = t.ReadString(ref j) }),
        ("probeInterval", static (JsonText t, ref Utf8JsonReader j, PolicyDraft p) => p.Policy = p.Policy with { ProbeInterval = ReadTime(t, ref j) }),
        ("probeTimeout", static (JsonText t, ref Utf8JsonReader j, PolicyDraft p) => p.Policy = p.Policy with { ProbeTimeout = ReadTime(t, ref j) }),
        ("maxBufferedBody", static (JsonText t, ref Utf8JsonReader j, PolicyDraft p) => p.Policy = p.Policy with { MaxBufferedBody = ReadWhole(t, ref j) }),
        ("hedging", static (JsonText t, ref Utf8JsonReader j, PolicyDraft p) => p.Policy = p.Policy with { Hedging = t.ReadBool(ref j) }),
        ("hedgingDelay", static (JsonText t, ref Utf8JsonReader j, PolicyDraft p) => p.Policy = p.Policy with { HedgingDelay = ReadTime(t, ref j) }),
        ("propagateDeadline", static (JsonText t, ref Utf8JsonReader j, PolicyDraft p) => p.Policy = p.Policy with { PropagateDeadline = t.ReadBool(ref j) }));

    public static ServicePolicy Read(JsonText text, ref Utf8JsonReader json)
    {
        var draft = new PolicyDraft();
        var here = text.Place(json);
        var places = text.ReadObject(ref json, Policy, draft);
        PolicyRules.Check(draft.Policy, Report);
        PolicyRules.CheckTargets(draft.Policy.Mode, PolicyRules.TargetsOf(draft.Policy), Report);
        return draft.Policy;

        // Rules name properties (MaxRetries, Targets:1:Cluster); the file has fields (maxRetries, targets).
        void Report(string property, string message) =>
            text.Error(places.GetValueOrDefault(JsonNamingPolicy.CamelCase.ConvertName(property.Split(':')[0]), here), message);
    }

    private static T? ReadWord<T>(JsonText text, ref Utf8JsonReader json)
        where T : struct, Enum
    {
        // Enum.TryParse takes numbers and lists too, which nobody means.
        return json.TokenType == JsonTokenType.String
            && json.GetString() is { Length: > 0 } written
            && char.IsAsciiLetter(written[0])
            && !written.Contains(',', StringComparison.Ordinal)
            && Enum.TryParse<T>(written, true, out var word)
            ? word
            : text.Mismatch<T?>(ref json, string.Join(" or ", Enum.GetNames<T>()));
    }

    private static HashKey? ReadHashKey(JsonText text, ref Utf8JsonReader json) =>
        json.TokenType == JsonTokenType.String && HashKey.TryParse(json.GetString()!, out var key)
            ? key
            : text.Mismatch<HashKey?>(ref json, "header:NAME, cookie:NAME, source-address or path");

    private static void ReadTarget(JsonText text, ref Utf8JsonReader json, List<RoutingTarget> targets)
    {
        var target = new TargetDraft();
        if (json.TokenType == JsonTokenType.String)
        {
            ReadCluster(text, ref json, target);
        }
        else
        {
            var place = text.Place(json);
            if (!text.ReadObject(ref json, Target, target).ContainsKey("cluster"))
            {
                text.Error(place, "has no 'cluster'; name it");
            }
        }

        if (!target.Cluster.IsNone)
        {
            targets.Add(new RoutingTarget(target.Cluster, target.Weight, target.Priority));
        }
    }

    private static void ReadCluster(JsonText text, ref Utf8JsonReader json, TargetDraft target)
    {
        var place = text.Place(json);
        if (text.ReadString(ref json) is not { } cluster)
        {
            return;
        }

        if (DnsLabel.IsValid(cluster))
        {
            target.Cluster = new ClusterId(cluster);
        }
        else
        {
            text.Error(place, $"'{DnsLabel.Printable(cluster)}' is not a cluster's name; use 1 to 63 of a-z, 0-9 and '-'");
        }
    }

    private static TimeSpan? ReadTime(JsonText text, ref Utf8JsonReader json) =>
        json.TokenType == JsonTokenType.String && TimeText.TryParse(json.GetString()!, out var time)
            ? time
            : text.Mismatch<TimeSpan?>(ref json, "a time such as 250ms, 1.5s, 2m or 1h");

    private static int? ReadWhole(JsonText text, ref Utf8JsonReader json) => text.ReadInt(ref json, 0, int.MaxValue);
}
