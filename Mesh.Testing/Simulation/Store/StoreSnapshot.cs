namespace Mesh.Simulation;

/// <summary>The objects of one type, by key, as they were at one revision.</summary>
internal sealed record StoreSnapshot(long Revision, StoredObject[] Objects)
{
    /// <summary>Those of one namespace; all where it is empty.</summary>
    public ArraySegment<StoredObject> In(string @namespace)
    {
        if (@namespace.Length == 0) return Objects;
        var start = FirstFrom(@namespace + "/");
        return new ArraySegment<StoredObject>(Objects, start, FirstFrom(@namespace + "0") - start);
    }

    /// <summary>The index of the first object whose key is <paramref name="key"/> or later.</summary>
    public int FirstFrom(string key)
    {
        int low = 0, high = Objects.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (string.CompareOrdinal(Objects[middle].Key, key) < 0) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
