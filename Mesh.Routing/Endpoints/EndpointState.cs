namespace Mesh;

/// <summary>
/// One endpoint of one service's port for as long as it is the same (service, port, cluster, address, target uid): its requests in flight, cost, health and
/// transport. Survives changes of the service around it.
/// </summary>
public sealed class EndpointState
{
    internal EndpointState(ServiceName service) => Service = service;

    /// <summary>The service.</summary>
    public ServiceName Service { get; }

    /// <summary>The cluster it runs in.</summary>
    public ClusterId Cluster => throw new NotImplementedException();

    /// <summary>Where it listens.</summary>
    public EndpointAddress Address => throw new NotImplementedException();

    /// <summary>The port to dial, 1 to 65535.</summary>
    public int Port => throw new NotImplementedException();

    /// <summary>Where it runs.</summary>
    public Locality Locality => throw new NotImplementedException();

    /// <summary>The port's application protocol, or <see langword="null"/>.</summary>
    public string? AppProtocol => throw new NotImplementedException();

    /// <summary>Its share of load beside others, 1 to 1,000,000.</summary>
    public int Weight => throw new NotImplementedException();

    /// <summary>How it is reached.</summary>
    public Reach Reach => throw new NotImplementedException();

    /// <summary>The uid of what is behind the address, or <see langword="null"/>.</summary>
    public Guid? TargetUid => throw new NotImplementedException();

    /// <summary>Whether it is gone: no newer snapshot has it.</summary>
    public bool IsRetired => throw new NotImplementedException();

    /// <summary>How many requests picked it and have not been released.</summary>
    public int InFlight => throw new NotImplementedException();

    /// <summary>Whether it is ejected: not picked but to probe it.</summary>
    public bool IsEjected => throw new NotImplementedException();

    /// <summary>Says how a try went. Once per pick, as soon as it is known (response headers; trailers for gRPC).</summary>
    public void Report(in AttemptOutcome outcome) => throw new NotImplementedException();

    /// <summary>Ends what the pick began: one request less in flight. Once per pick, when the body has ended or the try failed.</summary>
    public void Release() => throw new NotImplementedException();

    /// <summary>
    /// The transport kept with the endpoint under <paramref name="key"/>, made on first use. Where the endpoint has retired meanwhile, it is disposed when the
    /// last request is released.
    /// </summary>
    /// <param name="key">What distinguishes transports to the same endpoint (a client's settings); compared with <see cref="object.Equals(object?)"/>.</param>
    /// <param name="factory">Makes it; called at most once per key.</param>
    public IEndpointTransport GetOrAddTransport(object key, Func<EndpointState, object, IEndpointTransport> factory) => throw new NotImplementedException();
}
