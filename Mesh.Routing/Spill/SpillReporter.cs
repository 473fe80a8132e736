using Microsoft.Extensions.Logging;

namespace Mesh.Spill;

/// <summary>Tells of what goes elsewhere by capacity: in the log when it begins and when it is over, in metrics as it is now.</summary>
internal sealed partial class SpillReporter(ServiceName service, int port, ILogger logger)
{
    /// <summary>Less than this is not worth a line.</summary>
    private const double Noticeable = 0.02;

    private readonly HashSet<string> _told = [];
    private volatile Now _now = new([], 0);
    private bool _sheds;

    /// <summary>The service's port.</summary>
    public int Port => port;

    /// <summary>The part of the requests that goes to each level but the nearest, where any does.</summary>
    public IReadOnlyList<(string Tier, double Share)> Elsewhere => _now.Elsewhere;

    /// <summary>The part that is turned away.</summary>
    public double Shed => _now.Shed;

    /// <summary>A second has passed.</summary>
    /// <param name="levels">The levels, nearest first.</param>
    /// <param name="law">Which part of the requests goes to each.</param>
    public void OnMoved(LevelLoad[] levels, SpillLaw law)
    {
        var elsewhere = new List<(string, double)>();
        for (var i = 1; i < levels.Length; i++)
        {
            var (name, share) = (levels[i].Place.Name, law.Fractions[i]);
            if (share > 0)
            {
                elsewhere.Add((name, share));
            }

            // Each once, until all is as usual again: shares move every second.
            if (share >= Noticeable && _told.Add(name))
            {
                Log.Spills(logger, service, port, name, 100 * share);
            }
        }

        _now = new Now([.. elsewhere], law.Shed);
        if (law.Shed >= Noticeable && !_sheds)
        {
            _sheds = true;
            Log.Sheds(logger, service, port, 100 * law.Shed);
        }

        if (elsewhere.Count == 0 && law.Shed == 0 && (_told.Count > 0 || _sheds))
        {
            _told.Clear();
            _sheds = false;
            Log.AsUsual(logger, service, port);
        }
    }

    /// <summary>Nobody asks, or nobody is left to answer: nothing goes anywhere.</summary>
    public void Rest()
    {
        if (_now is { Elsewhere: [], Shed: 0 } && _told.Count == 0 && !_sheds)
        {
            return;
        }

        _now = new Now([], 0);
        if (_told.Count > 0 || _sheds)
        {
            _told.Clear();
            _sheds = false;
            Log.Rests(logger, service, port);
        }
    }

    private sealed record Now((string Tier, double Share)[] Elsewhere, double Shed);

    private static partial class Log
    {
        [LoggerMessage(1230, LogLevel.Warning, "Requests to {Service}, port {Port}, begin to go to {Tier} ({Percent:0} % of them now), as nearer endpoints cannot carry all of them.")]
        public static partial void Spills(ILogger logger, ServiceName service, int port, string tier, double percent);

        [LoggerMessage(1231, LogLevel.Warning, "Requests to {Service}, port {Port}, begin to be answered 503 at once ({Percent:0} % of them now), as no cluster has room for them: scale it up, or send fewer.")]
        public static partial void Sheds(ILogger logger, ServiceName service, int port, double percent);

        [LoggerMessage(1232, LogLevel.Information, "Requests to {Service}, port {Port}, all go to the nearest endpoints again.")]
        public static partial void AsUsual(ILogger logger, ServiceName service, int port);

        [LoggerMessage(1233, LogLevel.Information, "No requests to {Service}, port {Port}, go elsewhere any more: none are sent, or nobody is left who could answer.")]
        public static partial void Rests(ILogger logger, ServiceName service, int port);
    }
}
