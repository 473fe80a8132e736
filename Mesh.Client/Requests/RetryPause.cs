namespace Mesh.Requests;

/// <summary>How long to wait before a request is sent again: full jitter between 25 and 250 ms, so that callers who failed together do not come back together.</summary>
internal sealed class RetryPause(int seed)
{
    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(25);
    public static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(250);

    private readonly Random _random = new(seed);
    private readonly Lock _lock = new();

    public TimeSpan Next()
    {
        lock (_lock)
        {
            return Shortest + ((Longest - Shortest) * _random.NextDouble());
        }
    }
}
