using Microsoft.Extensions.Logging;

namespace Mesh.Doubles;

/// <summary>Keeps what was logged.</summary>
internal sealed class TestLogger : ILogger, ILoggerFactory
{
    private readonly Lock _gate = new();
    private readonly List<(int Id, string Message)> _lines = [];

    public IReadOnlyList<(int Id, string Message)> Lines
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>Called after each line is kept, with its id: may take long, or throw.</summary>
    public Action<int>? OnLog { get; set; }

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_gate)
        {
            _lines.Add((eventId.Id, formatter(state, exception)));
        }

        OnLog?.Invoke(eventId.Id);
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }
}
