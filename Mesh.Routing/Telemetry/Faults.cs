using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Mesh.Telemetry;

/// <summary>
/// Runs what nobody waits for (a timer's work, the end of a probe) and survives whatever comes out of it: somebody else's logger or listener, or a mistake of our own. An exception there would end the process, or
/// the loop it is in. Said once for each service and kind of error, as far as that can be said.
/// </summary>
internal sealed partial class Faults(RoutingMeter meter, ILogger logger)
{
    // Kinds of exceptions are few, names of services may be many.
    private const int MaxTold = 256;

    private readonly ConcurrentDictionary<(ServiceName, Type), bool> _told = new();

    /// <summary>Runs it; whether it came to its end.</summary>
    /// <param name="service">For whose sake.</param>
    /// <param name="action">What to do.</param>
    public bool Survive(ServiceName service, Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (Exception e)
        {
            Tell(service, e);
            return false;
        }
    }

    private void Tell(ServiceName service, Exception exception)
    {
        try
        {
            meter.Faulted(service);
            if (_told.Count < MaxTold && _told.TryAdd((service, exception.GetType()), true))
            {
                Log.Faulted(logger, service, exception.Message, exception);
            }
        }
        catch (Exception)
        {
            // The logger itself fails: there is nobody left to tell.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1240, LogLevel.Error, "What the mesh does for {Service} beside its requests failed, and goes on when it is due again: {Problem} Often a logger or a listener of metrics that throws. Said once for each service and kind of error.")]
        public static partial void Faulted(ILogger logger, ServiceName service, string problem, Exception exception);
    }
}
