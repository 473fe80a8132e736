namespace Mesh.Hashing;

/// <summary>Places that keys fall on, each with its owner. Immutable.</summary>
/// <param name="owners">The index of the member that owns each place.</param>
internal abstract class HashTable(int[] owners)
{
    /// <summary>How many places there are.</summary>
    public int Length => owners.Length;

    /// <summary>The place of a key.</summary>
    public abstract int Find(ulong hash);

    /// <summary>Whose place it is.</summary>
    public int OwnerAt(int place) => owners[place];
}
