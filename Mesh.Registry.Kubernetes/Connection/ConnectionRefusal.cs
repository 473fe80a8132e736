using Mesh.Watch;

namespace Mesh.Connection;

/// <summary>Why a newly configured connection was not taken in the place of the one in use.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Address">The server it leads to; <see langword="null"/> where it could not even be made.</param>
/// <param name="Message">What was said; no secrets.</param>
internal sealed record ConnectionRefusal(WatchFailureKind Kind, string? Address, string Message);
