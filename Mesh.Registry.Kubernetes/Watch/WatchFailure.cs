namespace Mesh.Watch;

/// <summary>An error of a watcher: a value, waited out and never an end.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Verb"><c>list</c> or <c>watch</c>, as RBAC writes it.</param>
/// <param name="Target">What was asked for.</param>
/// <param name="Message">What the server or the system said; no secrets.</param>
internal sealed record WatchFailure(WatchFailureKind Kind, string Verb, WatchTarget Target, string Message)
{
    /// <summary>The HTTP status, or 0.</summary>
    public int StatusCode { get; init; }

    /// <summary>When the server wants to be asked again, or <see langword="null"/>.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the server says that it does not stream its state.</summary>
    public bool RefusesStreamedList { get; init; }

    /// <summary>Whether one whole event is malformed and nothing else: should it come again so, it is left out by name.</summary>
    public bool IsOneEvent { get; init; }
}
