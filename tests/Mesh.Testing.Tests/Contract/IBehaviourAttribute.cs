namespace Mesh.Contract;

/// <summary>Which behaviours a test is about.</summary>
internal interface IBehaviourAttribute
{
    IReadOnlyList<int> Numbers { get; }

    /// <summary>What the test needs besides what its behaviours need.</summary>
    ContractNeed Need { get; }
}
