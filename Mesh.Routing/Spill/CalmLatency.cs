namespace Mesh.Spill;

/// <summary>
/// How long an endpoint takes to answer while it is calm. It follows a fall quickly and a rise the more slowly the larger it is, so that an hour of overload is not taken for calm, while
/// a service that has become slower for good is, in the end.
/// </summary>
internal struct CalmLatency()
{
    private const int LeastAnswers = 20;
    private const double Down = 0.2;
    private const double Up = 0.02;
    private const double UpWhileStretched = 0.001;

    private int _answers;
    private double _seconds = double.NaN;

    /// <summary>In seconds; NaN before there were enough answers.</summary>
    public readonly double Seconds => _answers >= LeastAnswers ? _seconds : double.NaN;

    /// <summary>Takes in what a second showed.</summary>
    /// <param name="count">How many answers there were, at least one.</param>
    /// <param name="mean">How long they took, in seconds.</param>
    public void Observe(int count, double mean)
    {
        if (_answers < LeastAnswers)
        {
            _seconds = _answers == 0 ? mean : _seconds + ((mean - _seconds) * count / (_answers + count));
            _answers += Math.Min(count, LeastAnswers);
            return;
        }

        var part = mean < _seconds ? Down : mean < LatencyStretch.Calm * _seconds ? Up : UpWhileStretched;
        _seconds += part * (mean - _seconds);
    }
}
