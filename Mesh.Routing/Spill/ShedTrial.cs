namespace Mesh.Spill;

/// <summary>
/// Whether what the own requests show is enough to turn some away, where nobody reports that all are full. Never more than is refused anyway; and where it does not help, since what fails
/// fails for another reason than load, it is given up for a while.
/// </summary>
internal struct ShedTrial()
{
    /// <summary>Less than this is not shedding.</summary>
    private const double Some = 0.01;

    /// <summary>Shedding the half of what is refused must leave less than this part of it …</summary>
    private const double Unchanged = 0.8;

    /// <summary>… after this many seconds …</summary>
    private const double Patience = 6;

    /// <summary>… or nothing is shed for this many.</summary>
    private const double Pause = 60;

    private double _paused;
    private double _futile;

    /// <summary>Whether some may be turned away.</summary>
    public readonly bool IsOpen => _paused <= 0;

    /// <summary>The most that may be: the largest part that was refused since it began.</summary>
    public double Most { get; private set; }

    /// <summary>Takes in what the last second showed.</summary>
    /// <param name="refused">The part of the own requests that was refused, 0 to 1.</param>
    /// <param name="shed">The part that was turned away.</param>
    /// <param name="elapsed">Seconds since the last time.</param>
    public void Observe(double refused, double shed, double elapsed)
    {
        _paused -= elapsed;
        Most = shed < Some ? refused : Math.Max(Most, refused);
        _futile = shed >= Some && shed >= Most / 2 && refused > Unchanged * Most ? _futile + elapsed : 0;
        if (_futile >= Patience)
        {
            (_paused, _futile, Most) = (Pause, 0, 0);
        }
    }
}
