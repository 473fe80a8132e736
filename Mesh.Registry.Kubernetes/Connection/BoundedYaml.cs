using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Mesh.Connection;

/// <summary>
/// The parsing events of a YAML text that asks no more of its reader than kubeconfigs do. The library builds, hashes and compares nodes by recursion, also through aliases: a text of a few
/// hundred kilobytes would overflow the stack, which ends the process, or keep it busy for ever.
/// </summary>
internal sealed class BoundedYaml(string text) : IParser
{
    private const int MaxDepth = 64;
    private const int MaxNodes = 1_000_000;

    private readonly Parser _parser = new(new StringReader(text));
    private readonly Stack<(AnchorName Anchor, int Nodes, int Height)> _open = new();
    private readonly Dictionary<AnchorName, (int Nodes, int Height)> _anchors = [];
    private int _nodes;

    public ParsingEvent? Current => _parser.Current;

    /// <exception cref="KubeconfigException">It is nested too deeply, too large with what its aliases stand for, or an alias stands for nothing, or for itself.</exception>
    public bool MoveNext()
    {
        if (!_parser.MoveNext()) return false;
        switch (_parser.Current)
        {
            case AnchorAlias alias:
                // The library would take one that comes later, or the node around the alias.
                if (!_anchors.TryGetValue(alias.Value, out var meant)) throw new KubeconfigException($"the alias in line {alias.Start.Line} stands for nothing that is whole before it.");
                Add(meant.Nodes, meant.Height);
                break;
            case SequenceStart or MappingStart:
                var anchor = ((NodeEvent)_parser.Current).Anchor;
                if (!anchor.IsEmpty) _anchors.Remove(anchor);
                Count(1, 1);
                _open.Push((anchor, 1, 1));
                break;
            case SequenceEnd or MappingEnd:
                var (ended, nodes, height) = _open.Pop();
                if (!ended.IsEmpty) _anchors[ended] = (nodes, height);
                Contain(nodes, height);
                break;
            case Scalar scalar:
                if (!scalar.Anchor.IsEmpty) _anchors[scalar.Anchor] = (1, 1);
                Add(1, 1);
                break;
        }

        return true;
    }

    private void Add(int nodes, int height)
    {
        Count(nodes, height);
        Contain(nodes, height);
    }

    private void Count(int nodes, int height)
    {
        if (_open.Count + height > MaxDepth) throw new KubeconfigException($"it is nested deeper than {MaxDepth} levels, which no kubeconfig is.");
        _nodes += nodes;
        if (_nodes > MaxNodes) throw new KubeconfigException($"with what its aliases stand for it has more than {MaxNodes} values, which no kubeconfig has.");
    }

    private void Contain(int nodes, int height)
    {
        if (_open.TryPop(out var parent)) _open.Push((parent.Anchor, parent.Nodes + nodes, Math.Max(parent.Height, height + 1)));
    }
}
