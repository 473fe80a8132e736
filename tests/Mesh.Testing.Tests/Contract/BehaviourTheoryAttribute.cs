using System.Runtime.CompilerServices;
using Xunit.v3;

namespace Mesh.Contract;

/// <summary>As <see cref="BehaviourFactAttribute"/>, with data.</summary>
[XunitTestCaseDiscoverer(typeof(BehaviourTheoryDiscoverer))]
[AttributeUsage(AttributeTargets.Method)]
public sealed class BehaviourTheoryAttribute(
    int number, [CallerFilePath] string? file = null, [CallerLineNumber] int line = -1) : TheoryAttribute(file, line), IBehaviourAttribute, ITraitAttribute
{
    /// <inheritdoc/>
    public IReadOnlyList<int> Numbers { get; } = [number];

    /// <inheritdoc/>
    public ContractNeed Need { get; set; }

    /// <inheritdoc/>
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => BehaviourSelection.Traits(this);
}
