namespace Mesh.Hashing;

/// <summary>Hashing over a <see cref="MaglevTable"/>: shares within about 1 %, found with one division; a few more keys move where endpoints come and go.</summary>
internal sealed class MaglevPicker : HashPicker
{
    public const string Name = "maglev";

    protected override HashTable Build(HashMember[] members) => MaglevTable.Build(members);
}
