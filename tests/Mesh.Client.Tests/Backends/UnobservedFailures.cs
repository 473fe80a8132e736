using System.Collections.Concurrent;

namespace Mesh.Backends;

/// <summary>Hears of tasks of the mesh that failed and that nobody looked at. They are told of when they are collected, so this is for tests that run alone in their process.</summary>
internal sealed class UnobservedFailures : IDisposable
{
    private static readonly string[] OfTheMesh = ["at Mesh.Requests.", "at Mesh.Transport.", "at Mesh.Forking.", "at Mesh.Gateways."];

    private readonly ConcurrentQueue<string> _heard = new();

    public UnobservedFailures()
    {
        // What others left is not heard.
        Collect();
        TaskScheduler.UnobservedTaskException += Hear;
    }

    public void ShouldBeNone()
    {
        Collect();
        _heard.ShouldBeEmpty();
    }

    public void Dispose() => TaskScheduler.UnobservedTaskException -= Hear;

    private static void Collect()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    private void Hear(object? sender, UnobservedTaskExceptionEventArgs e)
    {
        var text = e.Exception.ToString();
        if (OfTheMesh.Any(p => text.Contains(p, StringComparison.Ordinal)))
        {
            _heard.Enqueue(text);
        }
    }
}
