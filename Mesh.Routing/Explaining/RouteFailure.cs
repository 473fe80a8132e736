namespace Mesh;

/// <summary>Why a request has no endpoint, for an exception or a 503.</summary>
/// <param name="Status">How the pick went.</param>
/// <param name="Service">The service.</param>
/// <param name="Message">A sentence or three: the service, its clusters with their freshness, and what to do.</param>
/// <param name="RetryAfter">When to come again, for statuses that pass by themselves; else <see langword="null"/>.</param>
public sealed record RouteFailure(PickStatus Status, ServiceName Service, string Message, TimeSpan? RetryAfter);
