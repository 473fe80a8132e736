using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Mesh.Apps;

/// <summary>Keeps what an app logs, so that a failed assertion can show it.</summary>
internal sealed class LogKeeper : ILoggerProvider
{
    /// <summary>How many lines are kept.</summary>
    public const int Kept = 2_000;

    private readonly ConcurrentQueue<FixtureLogEntry> _entries = new();

    public IReadOnlyCollection<FixtureLogEntry> Entries => [.. _entries];

    public ILogger CreateLogger(string categoryName) => new Writer(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Writer(LogKeeper keeper, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel)) return;
            keeper._entries.Enqueue(new FixtureLogEntry(logLevel, category, eventId, formatter(state, exception), exception));
            while (keeper._entries.Count > Kept) keeper._entries.TryDequeue(out _);
        }
    }
}
