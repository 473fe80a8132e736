namespace Mesh.Watch;

/// <summary>A list is longer than it may be.</summary>
/// <param name="message">Which limit.</param>
internal sealed class StateTooLargeException(string message) : Exception(message);
