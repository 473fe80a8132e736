namespace Mesh.Spill;

/// <summary>How much of its gain is left to each fraction, and, last, to what is shed: one that goes back and forth moves less, until it has been at rest for a while.</summary>
internal sealed class MoveDamper
{
    private double[] _left = [1];
    private double[] _last = [0];

    /// <summary>What is left, up to 1.</summary>
    public double this[Index index] => _left[index];

    /// <summary>One that goes on from here by itself.</summary>
    public MoveDamper Copy() => new() { _left = [.. _left], _last = [.. _last] };

    /// <summary>Groups come, go and change their order.</summary>
    /// <param name="before">The place that each had before, −1 for a new one.</param>
    /// <param name="count">How many there are now.</param>
    public void Rearrange(ReadOnlySpan<int> before, int count)
    {
        _left = [.. PlaceOrder.Carry(_left.AsSpan(..^1), before, count, 1), _left[^1]];
        _last = [.. PlaceOrder.Carry(_last.AsSpan(..^1), before, count, 0), _last[^1]];
    }

    /// <summary>Takes in what moves now.</summary>
    /// <param name="moves">The moves of the fractions, and, last, of what is shed.</param>
    /// <param name="elapsed">Seconds since the last ones.</param>
    /// <param name="isSettling">Whether capacity was lost just now, so that to go back is no swing.</param>
    public void Observe(ReadOnlySpan<double> moves, double elapsed, bool isSettling)
    {
        for (var i = 0; i < moves.Length; i++)
        {
            _left[i] = Math.Min(1, _left[i] * (1 + (SpillSettings.Recovery * elapsed)));
            if (Math.Abs(moves[i]) < SpillSettings.Turn)
            {
                continue;
            }

            if (moves[i] * _last[i] < 0 && !isSettling)
            {
                _left[i] = Math.Max(SpillSettings.LeastDamping, _left[i] * SpillSettings.Damping);
            }

            _last[i] = moves[i];
        }
    }
}
