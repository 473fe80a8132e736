namespace Mesh.Hashing;

/// <summary>Hashing over a <see cref="HashRing"/>: few keys move where endpoints come and go; shares are as even as the ring is large.</summary>
internal sealed class RingHashPicker : HashPicker
{
    public const string Name = "ring-hash";

    protected override HashTable Build(HashMember[] members) => HashRing.Build(members);
}
