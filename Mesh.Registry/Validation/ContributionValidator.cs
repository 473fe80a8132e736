namespace Mesh.Validation;

/// <summary>Whether a contribution may enter the catalog.</summary>
internal static class ContributionValidator
{
    /// <summary>What is wrong with it, all of it in one sentence each; <see langword="null"/> where nothing is.</summary>
    public static string? Check(ClusterId cluster, ServiceContribution service, CatalogLimits limits)
    {
        List<string>? errors = null;
        if (!DnsLabel.IsValid(service.Service.Name) || !DnsLabel.IsValid(service.Service.Namespace))
        {
            Add(ref errors, "Its name and its namespace must be DNS labels (1 to 63 of a-z, 0-9 and '-').");
        }

        CheckPorts(service, ref errors);
        CheckSegments(cluster, service, limits, ref errors);
        if (service.Policy is { } policy)
        {
            List<string> faults = [];
            void Report(string property, string message) => faults.Add($"Its policy's {property} {message}");
            PolicyRules.Check(policy, Report);
            PolicyRules.CheckTargets(policy.Mode, PolicyRules.TargetsOf(policy), Report);
            faults.ForEach(fault => Add(ref errors, fault));
        }

        return errors is null ? null : string.Join(' ', errors);
    }

    private static void CheckPorts(ServiceContribution service, ref List<string>? errors)
    {
        var ports = service.Ports;
        for (var i = 0; i < ports.Length; i++)
        {
            if (!IsPort(ports[i].Port))
            {
                Add(ref errors, $"Its port '{DnsLabel.Printable(ports[i].Name)}' has the number {ports[i].Port}; it must be 1 to 65535.");
            }

            if (!IsPortName(ports[i].Name))
            {
                Add(ref errors, $"Its port name '{DnsLabel.Printable(ports[i].Name)}' is not a DNS label.");
            }

            for (var j = 0; j < i; j++)
            {
                if (ports[i].Name == ports[j].Name || (ports[i].Port == ports[j].Port && ports[i].Protocol == ports[j].Protocol))
                {
                    Add(ref errors, $"Its port '{DnsLabel.Printable(ports[i].Name)}' {ports[i].Port}/{ports[i].Protocol} has the name or the number of another one.");
                    break;
                }
            }
        }
    }

    private static void CheckSegments(ClusterId cluster, ServiceContribution service, CatalogLimits limits, ref List<string>? errors)
    {
        var segments = service.Segments;
        var count = 0L;
        var slices = segments.Length > 1 ? new HashSet<string>(StringComparer.Ordinal) : null;
        foreach (var segment in segments)
        {
            count += segment.Count;
            if (segment.Cluster != cluster)
            {
                Add(ref errors, $"Its slice '{DnsLabel.Printable(segment.Slice)}' names cluster '{segment.Cluster}': a cluster may only bring its own endpoints.");
            }

            if (slices?.Add(segment.Slice) == false)
            {
                Add(ref errors, $"Its slice '{DnsLabel.Printable(segment.Slice)}' is there twice.");
            }

            foreach (var port in segment.Ports)
            {
                if (!IsPort(port.Port) || !IsPortName(port.Name))
                {
                    Add(ref errors, $"Slice '{DnsLabel.Printable(segment.Slice)}' has port '{DnsLabel.Printable(port.Name)}' {port.Port}: a number is 1 to 65535, a name empty or a DNS label.");
                }
            }
        }

        if (count > limits.MaxEndpointsPerService)
        {
            Add(ref errors, $"It has {count} endpoints, more than the {limits.MaxEndpointsPerService} allowed (MaxEndpointsPerService).");
        }
    }

    private static bool IsPort(int port) => port is >= 1 and <= 65535;

    private static bool IsPortName(string? name) => name is not null && (name.Length == 0 || DnsLabel.IsValid(name));

    private static void Add(ref List<string>? errors, string error) => (errors ??= []).Add(error);
}
