namespace Mesh.Spill;

/// <summary>Is told how the law of capacity moves.</summary>
internal interface ISpillObserver
{
    /// <summary>A second has passed.</summary>
    /// <param name="levels">The levels, nearest first.</param>
    /// <param name="groups">How busy each is.</param>
    /// <param name="law">Which part of the requests goes to each.</param>
    void OnMoved(LevelLoad[] levels, GroupLoad[] groups, SpillLaw law);
}
