using System.Text.Json.Nodes;

namespace Mesh.Simulation;

/// <summary>
/// A set of fields of an object, as a tree by path element: <c>f:</c> field, <c>k:</c> list item by key, <c>v:</c> member of a set; the form of
/// <c>fieldsV1</c>. A node may be in the set itself, have descendants that are, or both. Immutable in use: every operation makes a new one.
/// </summary>
internal sealed class FieldSet
{
    private readonly SortedDictionary<string, FieldSet> _children = new(StringComparer.Ordinal);

    /// <summary>Whether the path up to here is in the set, apart from what is below.</summary>
    public bool IsMember { get; private set; }

    public bool IsEmpty => !IsMember && _children.Count == 0;

    public IReadOnlyDictionary<string, FieldSet> Children => _children;

    public static FieldSet Parse(JsonObject fields)
    {
        var set = new FieldSet();
        foreach (var (element, below) in fields)
        {
            if (element == ".") set.IsMember = true;
            else
            {
                var child = Parse(below as JsonObject ?? []);
                if (child.IsEmpty) child.IsMember = true;
                set._children[element] = child;
            }
        }

        return set;
    }

    public JsonObject ToJson()
    {
        var json = new JsonObject();
        if (IsMember && _children.Count > 0) json["."] = new JsonObject();
        foreach (var (element, child) in _children) json[element] = child.ToJson();
        return json;
    }

    /// <summary>Puts this path in; only for a set that is still being made.</summary>
    public void Add() => IsMember = true;

    /// <summary>The node below; made where it is missing. Only for a set that is still being made.</summary>
    public FieldSet Below(string element)
    {
        if (!_children.TryGetValue(element, out var child)) _children[element] = child = new FieldSet();
        return child;
    }

    public FieldSet? Find(string element) => _children.GetValueOrDefault(element);

    /// <summary>Without the nodes that hold nothing.</summary>
    public FieldSet Trimmed() => Union(this);

    public FieldSet Union(FieldSet other) => Combine(other, static (left, right) => left || right);

    public FieldSet Except(FieldSet other) => Combine(other, static (left, right) => left && !right);

    public FieldSet Intersect(FieldSet other) => Combine(other, static (left, right) => left && right);

    /// <summary>Without the paths of <paramref name="other"/> and all that is below them.</summary>
    public FieldSet ExceptBelow(FieldSet other)
    {
        var result = new FieldSet { IsMember = IsMember && !other.IsMember };
        foreach (var (element, child) in _children)
        {
            var without = other.Find(element);
            if (without is { IsMember: true }) continue;
            var rest = without is null ? child : child.ExceptBelow(without);
            if (!rest.IsEmpty) result._children[element] = rest;
        }

        return result;
    }

    public bool SameAs(FieldSet other) =>
        IsMember == other.IsMember && _children.Count == other._children.Count
        && _children.All(one => other.Find(one.Key) is { } match && one.Value.SameAs(match));

    /// <summary>Every member's path, as conflicts are told: <c>.spec.ports[port=80,protocol="TCP"].name</c>.</summary>
    public IEnumerable<string> Paths(string prefix = "")
    {
        if (IsMember) yield return prefix;
        foreach (var (element, child) in _children)
        {
            foreach (var path in child.Paths(prefix + FieldPath.Show(element))) yield return path;
        }
    }

    private static FieldSet Combine(FieldSet? left, FieldSet? right, Func<bool, bool, bool> keep)
    {
        var result = new FieldSet { IsMember = keep(left?.IsMember == true, right?.IsMember == true) };
        foreach (var element in (left?._children.Keys ?? Enumerable.Empty<string>()).Union(right?._children.Keys ?? Enumerable.Empty<string>()))
        {
            var child = Combine(left?.Find(element), right?.Find(element), keep);
            if (!child.IsEmpty) result._children[element] = child;
        }

        return result;
    }

    private FieldSet Combine(FieldSet other, Func<bool, bool, bool> keep) => Combine(this, other, keep);
}
