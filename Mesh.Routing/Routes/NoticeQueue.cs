using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Mesh.Routes;

/// <summary>
/// Keeps what is to be logged under a lock that picks may wait for until the lock is left: a logger is somebody else's code, which may be slow, wait for others, or throw. What it throws is dropped, since the
/// notice would have gone to the very same logger.
/// </summary>
internal sealed class NoticeQueue(ILogger logger) : ILogger
{
    private readonly ConcurrentQueue<Action> _waiting = new();

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _waiting.Enqueue(() =>
        {
            if (logger.IsEnabled(logLevel))
            {
                logger.Log(logLevel, eventId, state, exception, formatter);
            }
        });

    /// <summary>Logs what was kept. Outside the lock.</summary>
    public void Write()
    {
        while (_waiting.TryDequeue(out var write))
        {
            try
            {
                write();
            }
            catch (Exception)
            {
                // See above.
            }
        }
    }
}
