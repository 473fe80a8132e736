using k8s.Models;

namespace Mesh.FaultRuns;

/// <summary>What one write makes of an EndpointSlice: its number stands in the addresses, so that whoever sees an endpoint knows which write it is of.</summary>
/// <param name="Number">Larger than that of every earlier write.</param>
/// <param name="Name">The slice's name.</param>
/// <param name="Service">The Service that its label names.</param>
/// <param name="Port">Its port.</param>
/// <param name="Endpoints">Its endpoints.</param>
internal sealed record SliceState(int Number, string Name, string Service, int Port, IReadOnlyList<V1Endpoint> Endpoints)
{
    public const int MaxEndpoints = 4;

    private const int First = 10 << 24;

    public static SliceState Make(int number, string name, string service, Random random) => new(
        number,
        name,
        service,
        8080 + random.Next(3),
        [
            .. Enumerable.Range(0, random.Next(MaxEndpoints + 1)).Select(i => new V1Endpoint
            {
                Addresses = [EndpointAddress.FromIPv4((uint)(First + (number * MaxEndpoints) + i)).ToString()],
                Conditions = new V1EndpointConditions { Ready = random.Next(3) > 0, Serving = random.Next(3) > 0, Terminating = random.Next(3) == 0 },
                NodeName = $"n{random.Next(3)}",
                Zone = $"z{random.Next(3)}",
            }),
        ]);

    /// <summary>The number of the write that an endpoint's address comes from.</summary>
    public static int NumberOf(EndpointAddress address) => (int)(address.IPv4Bits - First) / MaxEndpoints;

    public V1EndpointSlice ToObject() => new()
    {
        Metadata = new V1ObjectMeta { Name = Name, Labels = new Dictionary<string, string> { ["kubernetes.io/service-name"] = Service } },
        AddressType = "IPv4",
        Endpoints = [.. Endpoints],
        Ports = [new Discoveryv1EndpointPort { Name = "http", Port = Port, Protocol = "TCP" }],
    };
}
