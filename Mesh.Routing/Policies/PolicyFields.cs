namespace Mesh.Policies;

/// <summary>Takes each field from the nearest policy that says it, and remembers which that was.</summary>
internal readonly ref struct PolicyFields(ReadOnlySpan<(PolicyOrigin Origin, ServicePolicy? Policy)> nearestFirst)
{
    private readonly ReadOnlySpan<(PolicyOrigin Origin, ServicePolicy? Policy)> _nearestFirst = nearestFirst;

    private readonly Dictionary<string, PolicyOrigin> _origins = new(StringComparer.Ordinal);

    /// <summary>Who said each field; filled as they are read, so to be read last.</summary>
    public IReadOnlyDictionary<string, PolicyOrigin> Origins => _origins;

    public T Value<T>(string field, Func<ServicePolicy, T?> said, T otherwise)
        where T : struct =>
        Optional(field, said) ?? otherwise;

    /// <summary>As <see cref="Value"/>, of a field without a default.</summary>
    public T? Optional<T>(string field, Func<ServicePolicy, T?> said)
        where T : struct
    {
        foreach (var (origin, policy) in _nearestFirst)
        {
            if (policy is not null && said(policy) is { } value)
            {
                _origins[field] = origin;
                return value;
            }
        }

        _origins[field] = PolicyOrigin.MeshDefault;
        return null;
    }

    public string Text(string field, Func<ServicePolicy, string?> said, string otherwise)
    {
        foreach (var (origin, policy) in _nearestFirst)
        {
            if (policy is not null && said(policy) is { Length: > 0 } value)
            {
                _origins[field] = origin;
                return value;
            }
        }

        _origins[field] = PolicyOrigin.MeshDefault;
        return otherwise;
    }
}
