namespace Mesh.Probing;

/// <summary>
/// What probes say of somebody: well until three in a row have failed, then down until one succeeds. Passive ejection is another matter, and neither ends the other: a probe's path may be well
/// where requests fail, and requests may succeed where the probe says that no more should come.
/// </summary>
internal sealed class ProbeHealth
{
    /// <summary>How many failures in a row are too many.</summary>
    public const int FailuresToFall = 3;

    private int _failures;
    private volatile bool _isDown;
    private string? _reason;
    private double _nextAt;

    public bool IsDown => _isDown;

    /// <summary>Why the last probe failed; <see langword="null"/> where it did not.</summary>
    public string? Reason => Volatile.Read(ref _reason);

    /// <summary>When it is asked next, on the router's clock.</summary>
    public double NextAt
    {
        get => Volatile.Read(ref _nextAt);
        set => Volatile.Write(ref _nextAt, value);
    }

    /// <summary>Takes a probe's result; whether it turned. One at a time.</summary>
    /// <param name="failure">Why it failed, or <see langword="null"/>.</param>
    public bool Learn(string? failure)
    {
        Volatile.Write(ref _reason, failure);
        _failures = failure is null ? 0 : _failures + 1;
        var isDown = failure is not null && (_isDown || _failures >= FailuresToFall);
        var hasTurned = isDown != _isDown;
        _isDown = isDown;
        return hasTurned;
    }
}
