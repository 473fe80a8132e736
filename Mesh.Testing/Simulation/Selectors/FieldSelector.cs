namespace Mesh.Simulation;

/// <summary>A field selector over <c>metadata.name</c> and <c>metadata.namespace</c>, the two that every type has.</summary>
internal sealed class FieldSelector
{
    private readonly List<(bool OnName, bool Equal, string Value)> _terms = [];

    private FieldSelector()
    {
    }

    /// <summary>The one name it leaves, if it asks for one.</summary>
    public string Name => _terms.Find(static term => term is { OnName: true, Equal: true }).Value ?? "";

    public static FieldSelector Parse(string text)
    {
        var selector = new FieldSelector();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var sign = part.IndexOf('=', StringComparison.Ordinal);
            if (sign < 0) throw Refuse.BadRequest($"invalid selector: '{text}'; can't understand '{part}'");
            var unequal = sign > 0 && part[sign - 1] == '!';
            var field = part[..(unequal ? sign - 1 : sign)];
            var value = part[(sign + 1)..];
            if (!unequal && value.StartsWith('=')) value = value[1..];
            if (field is not ("metadata.name" or "metadata.namespace")) throw Refuse.BadRequest($"field label not supported: {field}");
            selector._terms.Add((field == "metadata.name", !unequal, value));
        }

        return selector;
    }

    public bool Matches(StoredObject stored)
    {
        foreach (var (onName, equal, value) in _terms)
        {
            if (string.Equals(onName ? stored.Name : stored.Namespace, value, StringComparison.Ordinal) != equal) return false;
        }

        return true;
    }
}
