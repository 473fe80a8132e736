using System.Collections.Immutable;
using Mesh.Explaining;

namespace Mesh;

/// <summary>What a policy would change if it were the service's, against the state as it is. Immutable; <see cref="ToString"/> is the readable form.</summary>
public sealed record PolicyDryRun
{
    internal PolicyDryRun()
    {
    }

    /// <summary>What is wrong with the policy, each mistake with its field: <c>MaxRetries is 11: use 0 to 10.</c>; then nothing else is said. Empty where it can be followed.</summary>
    public ImmutableArray<string> Errors { get; init; } = [];

    /// <summary>What a pick does now.</summary>
    public required RouteExplanation Before { get; init; }

    /// <summary>What a pick would do; <see langword="null"/> where there are <see cref="Errors"/>, or the host is no service.</summary>
    public RouteExplanation? After { get; init; }

    /// <summary>The fields of the policy in force that would change, or come from elsewhere.</summary>
    public ImmutableArray<PolicyFieldChange> Policy { get; init; } = [];

    /// <summary>The tiers whose share would change, and those that come or go.</summary>
    public ImmutableArray<TierChange> Tiers { get; init; } = [];

    /// <summary>The endpoints that come in, leave, or change their tier.</summary>
    public ImmutableArray<EndpointChange> Endpoints { get; init; } = [];

    /// <summary>What of it could not be followed and is no problem now, a sentence each.</summary>
    public ImmutableArray<string> NewProblems { get; init; } = [];

    /// <summary>What cannot be followed now, and would be no problem any more.</summary>
    public ImmutableArray<string> SolvedProblems { get; init; } = [];

    /// <summary>Whether requests would go where they go now, under the same policy.</summary>
    public bool ChangesNothing => Errors.IsEmpty && Policy.IsEmpty && Tiers.IsEmpty && Endpoints.IsEmpty && NewProblems.IsEmpty && SolvedProblems.IsEmpty;

    /// <summary>The same as JSON; see <see cref="RouteExplanation.ToJson"/>.</summary>
    public string ToJson() => ExplanationJson.Write(this);

    /// <summary>The readable form: what changes, before and after.</summary>
    public override string ToString() => DryRunWriter.Write(this);
}
