using System.Runtime.CompilerServices;
using Xunit.v3;

namespace Mesh.Contract;

/// <summary>A test of the contract. Where the provider lacks what it needs there is no such test, so nothing is skipped.</summary>
[XunitTestCaseDiscoverer(typeof(BehaviourFactDiscoverer))]
[AttributeUsage(AttributeTargets.Method)]
public sealed class BehaviourFactAttribute(
    int[] numbers, [CallerFilePath] string? file = null, [CallerLineNumber] int line = -1) : FactAttribute(file, line), IBehaviourAttribute, ITraitAttribute
{
    /// <summary>A test of one behaviour.</summary>
    public BehaviourFactAttribute(int number, [CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : this([number], file, line)
    {
    }

    /// <inheritdoc/>
    public IReadOnlyList<int> Numbers => numbers;

    /// <inheritdoc/>
    public ContractNeed Need { get; set; }

    /// <inheritdoc/>
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => BehaviourSelection.Traits(this);
}
