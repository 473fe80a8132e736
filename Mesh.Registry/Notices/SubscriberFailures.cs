using Microsoft.Extensions.Logging;

namespace Mesh.Notices;

/// <summary>What subscribers threw: told, and counted.</summary>
internal sealed partial class SubscriberFailures(ILogger logger)
{
    private long _count;

    public long Count => Interlocked.Read(ref _count);

    public void Tell(Exception exception)
    {
        Interlocked.Increment(ref _count);
        Log.SubscriberFailed(logger, exception);
    }

    private static partial class Log
    {
        [LoggerMessage(1020, LogLevel.Error, "A subscriber to the catalog's changes failed; the others are told, and it will be told of the next change.")]
        public static partial void SubscriberFailed(ILogger logger, Exception exception);
    }
}
