namespace Mesh;

/// <summary>What of a request matters to a pick. Worth computing only where <see cref="EffectivePolicy.IsKeyed"/>.</summary>
/// <param name="Hash">
/// A hash of what should stick to one endpoint (a header, a cookie), all 64 bits of it equally likely, for algorithms that hash; <see langword="null"/> where there is none. XXH64 of the value agrees with Envoy.
/// </param>
public readonly record struct PickHints(ulong? Hash = null)
{
    /// <summary>
    /// A hash of what tells the client (its address, a header), likewise of 64 bits, where the policy's <see cref="ServicePolicy.SessionAffinity"/> is by it: its requests stay with one endpoint as long as
    /// that may be picked. <see langword="null"/> where there is none.
    /// </summary>
    public ulong? Session { get; init; }

    /// <summary>
    /// The endpoint that the client's session is at (<see cref="EndpointState.Id"/>), as its cookie says: picked, in whatever tier, as long as it may be; an unknown one counts as none. <see langword="null"/>
    /// where there is none.
    /// </summary>
    public ulong? SessionEndpoint { get; init; }
}
