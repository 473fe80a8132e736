using System.Collections.Concurrent;
using Mesh.Telemetry;
using Microsoft.Extensions.Logging;

namespace Mesh.Routes;

/// <summary>
/// Keeps what is to be logged under a lock that picks may wait for until the lock is left: a logger is somebody else's code, which may be slow, wait for others, or throw.
/// </summary>
/// <param name="service">The service that is spoken of.</param>
/// <param name="logger">Where it goes.</param>
/// <param name="faults">What the logger throws, for it must not fail a pick.</param>
internal sealed class NoticeQueue(ServiceName service, ILogger logger, Faults faults) : ILogger
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
            faults.Survive(service, write);
        }
    }
}
