namespace Mesh.Files;

/// <summary>Finds the known name that a misspelt one was meant to be.</summary>
internal static class NearestName
{
    /// <summary>The known name with the fewest letters to change; <see langword="null"/> where more than a third of them would have to be.</summary>
    public static string? Find(string name, IEnumerable<string> known)
    {
        // Names of much other lengths cannot be meant: most are left out without a look at their letters.
        var nearest = known.Where(k => Math.Abs(name.Length - k.Length) <= MostChanges(name, k)).Select(k => (Name: k, Distance: Distance(name, k))).OrderBy(static k => k.Distance).ThenBy(static k => k.Name, StringComparer.Ordinal).FirstOrDefault();
        return nearest.Name is not null && nearest.Distance <= MostChanges(name, nearest.Name) ? nearest.Name : null;
    }

    private static int MostChanges(string left, string right) => Math.Max(1, Math.Max(left.Length, right.Length) / 3);

    // Levenshtein's distance, upper and lower case the same.
    private static int Distance(string left, string right)
    {
        if (left.Length > 100)
        {
            return int.MaxValue;
        }

        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var change = diagonal + (char.ToLowerInvariant(left[i - 1]) == char.ToLowerInvariant(right[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
