using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Mesh.Hashing;

/// <summary>
/// Requests with the same key go to the same endpoint, in every process alike (<see cref="PickHints.Hash"/>); one without a key goes anywhere. The table belongs to the members of a tier, however they
/// are: it is made once for them, on the first pick, and who is ejected is passed over in it, so that only the keys of that one move.
/// </summary>
internal abstract class HashPicker : EndpointPicker
{
    private readonly ConditionalWeakTable<EndpointState[], Lazy<HashTable>> _tables = [];

    public sealed override bool IsConsistent => true;

    public sealed override EndpointPicker ForTier(TierMembers tier)
    {
        var all = ImmutableCollectionsMarshal.AsArray(tier.All)!;
        return new TierHashPicker(tier, _tables.GetValue(all, a => new Lazy<HashTable>(() => Build(HashMember.Of(a)))));
    }

    public sealed override int Pick(in PickContext context) => Rendezvous.Pick(context.Endpoints, context.Hints.Hash ?? context.NextRandom());

    protected abstract HashTable Build(HashMember[] members);
}
