namespace Mesh.Spill;

/// <summary>How fractions move towards what they should be: step by step, the more boldly the better it is known.</summary>
internal static class SpillMoves
{
    /// <summary>Which part of the way is gone in this time: less where what is known is old.</summary>
    public static double Gain(bool isQuick, double age, double elapsed) =>
        1 - Math.Pow(1 - (isQuick ? SpillSettings.QuickGain : SpillSettings.Gain) / (1 + age / SpillSettings.HalfAge), elapsed);

    /// <summary>One move.</summary>
    public static double Of(double from, double aim, double step, double gain)
    {
        var difference = aim - from;
        if (Math.Abs(difference) < SpillSettings.DeadBand)
        {
            // The last bit of the way is gone where it ends in all or nothing.
            return aim is 0 or 1 ? difference : 0;
        }

        return Math.Clamp(difference * gain, -step, step);
    }

    /// <summary>What some give is what others take.</summary>
    public static void Balance(double[] moves, double[] aims)
    {
        var (up, down) = (0.0, 0.0);
        foreach (var move in moves)
        {
            up += Math.Max(0, move);
            down += Math.Max(0, -move);
        }

        // Nobody is turned away for want of somebody who moves far enough.
        var more = Math.Min(down - up, -moves[^1]);
        var sum = aims.Sum();
        if (more > 0 && sum > 0)
        {
            for (var i = 0; i < aims.Length; i++)
            {
                moves[i] += more * aims[i] / sum;
            }

            up = moves.Where(static m => m > 0).Sum();
            down = -moves.Where(static m => m < 0).Sum();
        }

        var (upScale, downScale) = (up > down ? down / up : 1, down > up ? up / down : 1);
        for (var i = 0; i < moves.Length; i++)
        {
            moves[i] *= moves[i] > 0 ? upScale : downScale;
        }
    }

    /// <summary>Where all are nearly full, whoever gets nothing would not be heard of again.</summary>
    public static void KeepTrickles(ReadOnlySpan<GroupLoad> groups, double rate, double[] aims)
    {
        var least = Math.Clamp(1 / (5 * Math.Max(rate, 0.001)), SpillSettings.Trickle, SpillSettings.MostTrickle);
        var largest = Array.IndexOf(aims, aims.Max());
        for (var i = 0; i < aims.Length; i++)
        {
            if (i != largest && groups[i].HasCapacity && aims[i] < least && aims[largest] > 2 * least)
            {
                aims[largest] -= least - aims[i];
                aims[i] = least;
            }
        }
    }
}
