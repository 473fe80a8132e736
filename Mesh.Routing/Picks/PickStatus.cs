namespace Mesh;

/// <summary>How a pick went.</summary>
public enum PickStatus
{
    /// <summary>There is an endpoint.</summary>
    Endpoint,

    /// <summary>The service is not known yet: wait (<see cref="ServiceRoute.WaitUntilKnownAsync"/>) and pick again.</summary>
    Pending,

    /// <summary>Every source has spoken and none has the service.</summary>
    UnknownService,

    /// <summary>The service has no such port.</summary>
    NoSuchPort,

    /// <summary>The service has no endpoint that may take a request.</summary>
    NoUsableEndpoint,

    /// <summary>The service has endpoints, but only in clusters whose network cannot be dialled from here.</summary>
    Unreachable,

    /// <summary>Too many requests to the service are under way in this process (<see cref="ServicePolicy.MaxRequestsInFlight"/>): answer 503 at once.</summary>
    TooManyRequests,

    /// <summary>The service's clusters together cannot carry all requests, and this one belongs to the part that is too much (<see cref="SpillOver.Capacity"/>): answer 503 at once.</summary>
    Shed,
}
