namespace Mesh.Benchmarks.Fleets.Simulation;

/// <summary>What a rule of spill-over is to do.</summary>
internal enum Requirement
{
    /// <summary>The others have room: nothing fails, nothing is turned away, nobody is made fuller than 105 %.</summary>
    Fits = 1,

    /// <summary>They have not: at least 90 % of what is left is used, and what it cannot carry is turned away at once rather than failed.</summary>
    DoesNotFit,

    /// <summary>Shares settle within ten seconds, and then stay within three points.</summary>
    Settles,

    /// <summary>What is back gets its share again, bit by bit, and all of it.</summary>
    ComesBack,

    /// <summary>One caller or a thousand.</summary>
    AnyNumberOfCallers,

    /// <summary>No worse than the rule that knows no reports, where reports are missing, old or wrong.</summary>
    NoWorseWithoutReports,
}
