namespace Mesh.Backends;

/// <summary>Dials loopback: some connections as always, the next ones only until whoever wants them gives up, all later ones as always again.</summary>
internal sealed class StallingDial
{
    private int _dials;

    /// <summary>How many of the first are made.</summary>
    public int Passing { get; init; }

    /// <summary>How many after them are not.</summary>
    public int Stalling { get; init; }

    /// <summary>The only port that is meant; 0: all are.</summary>
    public int Port { get; set; }

    /// <summary>How many were begun.</summary>
    public int Dials => Volatile.Read(ref _dials);

    public async ValueTask<Stream> DialAsync(EndpointState endpoint, CancellationToken cancellationToken)
    {
        if (Port == 0 || endpoint.Port == Port)
        {
            var dial = Interlocked.Increment(ref _dials);
            if (dial > Passing && dial <= Passing + Stalling)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }
        }

        return await Loopback.DialAsync(endpoint.Port, cancellationToken);
    }
}
