using Microsoft.Extensions.Options;

namespace Mesh.Connection;

/// <summary>Checks a cluster's settings when the host starts: all errors at once, each naming its setting.</summary>
internal sealed class KubernetesClusterOptionsValidator(IEnumerable<KubernetesClusterRegistration> registrations) : IValidateOptions<KubernetesClusterOptions>
{
    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromMinutes(10);

    private static readonly KubeconfigFeatures AllFeatures = Enum.GetValues<KubeconfigFeatures>().Aggregate(static (all, one) => all | one);

    private readonly List<KubernetesClusterRegistration> _registrations = registrations.ToList();

    public ValidateOptionsResult Validate(string? name, KubernetesClusterOptions options)
    {
        var own = _registrations.FindAll(r => r.Name == name);
        if (own.Count == 0) return ValidateOptionsResult.Skip;
        var registration = own[0];
        List<string> errors = [.. options.SectionErrors];
        var at = registration.Setting;
        if (!DnsLabel.IsValid(name))
        {
            errors.Add($"{at}: '{DnsLabel.Printable(name)}' is not a valid cluster name: use 1 to 63 of a-z, 0-9 and '-', beginning and ending with a letter or digit.");
        }

        if (own.Count > 1) errors.Add($"{at}: cluster '{DnsLabel.Printable(name)}' is added {own.Count} times; name it once, in code or in configuration.");
        if (registration.HasClient) CheckNoConnection(at, options, errors);
        else CheckConnection(at, options, errors);
        CheckPlace(at, options, errors);
        CheckNames(at, options, errors);
        if ((options.KubeconfigAllows & ~AllFeatures) != 0) errors.Add($"{at}:KubeconfigAllows: {options.KubeconfigAllows} is not made of {string.Join(", ", Enum.GetNames<KubeconfigFeatures>())}.");
        if (!Enum.IsDefined(options.ExportMode)) errors.Add($"{at}:ExportMode: {(int)options.ExportMode} is not one of {string.Join(", ", Enum.GetNames<ExportMode>())}.");
        if (!AddressRanges.TryParse(options.PodCidrs, out _, out var wrong))
        {
            errors.AddRange(wrong.Select(w => $"{at}:PodCidrs: '{DnsLabel.Printable(w)}' is no range of addresses: write it as 10.20.0.0/16 or fd00:20::/48, with every bit after the prefix 0."));
        }

        if (options.Drain is < 0 or > 100) errors.Add($"{at}:Drain: {options.Drain} is no percentage: use 0 to 100.");
        if (options.RequestTimeout < ShortestTimeout || options.RequestTimeout > LongestTimeout)
        {
            errors.Add($"{at}:RequestTimeout: {TimeText.Write(options.RequestTimeout)} is not between {TimeText.Write(ShortestTimeout)} and {TimeText.Write(LongestTimeout)}.");
        }

        if (options.MaxObjectBytes is < 1024 or > 256 * 1024 * 1024) errors.Add($"{at}:MaxObjectBytes: {options.MaxObjectBytes} is not between 1024 and {256 * 1024 * 1024}.");
        if (options.MaxObjects is < 1 or > 10_000_000) errors.Add($"{at}:MaxObjects: {options.MaxObjects} is not between 1 and 10000000.");
        if (options.MaxListBytes is < 1024 * 1024 or > 64L * 1024 * 1024 * 1024) errors.Add($"{at}:MaxListBytes: {options.MaxListBytes} is not between {1024 * 1024} and {64L * 1024 * 1024 * 1024}.");
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static void CheckNoConnection(string at, KubernetesClusterOptions options, List<string> errors)
    {
        const string Advice = "has no effect beside a client that was handed over; leave it out.";
        if (options.KubeconfigPath is not null) errors.Add($"{at}:KubeconfigPath: {Advice}");
        if (options.Kubeconfig is not null) errors.Add($"{at}:Kubeconfig: {Advice}");
        if (options.Context is not null) errors.Add($"{at}:Context: {Advice}");
        if (options.CertificateAuthority is not null) errors.Add($"{at}:CertificateAuthority: {Advice}");
    }

    private static void CheckConnection(string at, KubernetesClusterOptions options, List<string> errors)
    {
        if (options.CertificateAuthority is { Length: > 0 } authority)
        {
            try
            {
                CertificateFile.Read(authority, new FileReadings());
            }
            catch (KubeconfigException e)
            {
                errors.Add($"{at}:CertificateAuthority: {e.Message}");
            }
        }

        if (ConfiguredConnection.UsesPod(options)) return;
        if (options.Kubeconfig is not null && !string.IsNullOrEmpty(options.KubeconfigPath)) errors.Add($"{at}:Kubeconfig: it is given as data and by KubeconfigPath; leave one of them out.");
        var setting = options.Kubeconfig is not null ? "Kubeconfig" : string.IsNullOrEmpty(options.KubeconfigPath) && !string.IsNullOrEmpty(options.Context) ? "Context" : "KubeconfigPath";
        try
        {
            foreach (var error in ConfiguredConnection.ReadKubeconfig(options, new FileReadings()).Check()) errors.Add($"{at}:{setting}: {error}");
        }
        catch (KubeconfigException e)
        {
            errors.Add($"{at}:{setting}: {e.Message}");
        }
    }

    private static void CheckPlace(string at, KubernetesClusterOptions options, List<string> errors)
    {
        CheckLabel($"{at}:Network", options.Network, errors);
        CheckLabel($"{at}:Region", options.Region, errors);
        CheckLabel($"{at}:Zone", options.Zone, errors);
        CheckLabel($"{at}:Group", options.Group, errors);
        if (options.Gateway is not { } gateway) return;
        if (gateway.Hosts.Count == 0) errors.Add($"{at}:Gateway:Hosts: name at least one address or DNS name.");
        foreach (var host in gateway.Hosts.Where(static h => !EndpointAddress.TryParse(h, out _)))
        {
            errors.Add($"{at}:Gateway:Hosts: '{DnsLabel.Printable(host)}' is neither an IP address nor a DNS name.");
        }

        if (gateway.Port is < 1 or > 65535) errors.Add($"{at}:Gateway:Port: {gateway.Port} is not between 1 and 65535.");
    }

    private static void CheckNames(string at, KubernetesClusterOptions options, List<string> errors)
    {
        foreach (var ns in options.Namespaces.Where(static n => n is null || !DnsLabel.IsValid(n)))
        {
            errors.Add($"{at}:Namespaces: '{DnsLabel.Printable(ns)}' is not a namespace: use 1 to 63 of a-z, 0-9 and '-'.");
        }

        foreach (var service in options.Services.Where(static s => s is null || (!DnsLabel.IsValid(s) && !ServiceName.TryParse(s, out _))))
        {
            errors.Add($"{at}:Services: '{DnsLabel.Printable(service)}' is no service: write orders.sales, or orders for those in every watched namespace.");
        }

        foreach (var service in options.Services)
        {
            if (options.Namespaces.Count > 0 && ServiceName.TryParse(service, out var name) && !options.Namespaces.Contains(name.Namespace))
            {
                errors.Add($"{at}:Services: {name} is in namespace '{name.Namespace}', which {at}:Namespaces does not name.");
            }
        }

        if (options.LabelSelector is { } selector && selector.AsSpan().ContainsAnyInRange('\0', '\x1f')) errors.Add($"{at}:LabelSelector: it has control characters.");
    }

    // Regions and zones are label values: letters of both cases, dots and underscores too.
    private static void CheckLabel(string setting, string? value, List<string> errors)
    {
        if (value is null) return;
        var valid = value.Length is > 0 and <= 63
            && char.IsAsciiLetterOrDigit(value[0])
            && char.IsAsciiLetterOrDigit(value[^1])
            && value.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
        if (!valid) errors.Add($"{setting}: '{DnsLabel.Printable(value)}' is not a name: use 1 to 63 letters, digits, '-', '_' and '.'.");
    }
}
