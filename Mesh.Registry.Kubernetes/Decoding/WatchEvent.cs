namespace Mesh.Decoding;

/// <summary>One decoded watch event.</summary>
/// <param name="Type">What it says.</param>
/// <param name="Item">The object, for added, modified and deleted.</param>
/// <param name="ResourceVersion">The version to resume at; <see langword="null"/> for errors.</param>
/// <param name="Status">The error.</param>
internal readonly record struct WatchEvent<T>(WatchEventType Type, T? Item, string? ResourceVersion, StatusObject? Status)
{
    /// <summary>Whether it is the bookmark after which the initial state of a streaming list is complete.</summary>
    public bool EndsInitialEvents { get; init; }
}
