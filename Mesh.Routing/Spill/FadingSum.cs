namespace Mesh.Spill;

/// <summary>A sum over about the last two seconds: what is added counts from the end of its second on, and fades.</summary>
internal struct FadingSum
{
    private const double WindowSeconds = 2;

    private double _sum;
    private double _now;

    /// <summary>The sum.</summary>
    public readonly double Value => _sum;

    /// <summary>Adds to this second.</summary>
    public void Add(double amount) => _now += amount;

    /// <summary>Ends a second.</summary>
    /// <param name="elapsed">How long it was.</param>
    public void Advance(double elapsed)
    {
        _sum = (_sum * Math.Exp(-elapsed / WindowSeconds)) + _now;
        _now = 0;
    }
}
