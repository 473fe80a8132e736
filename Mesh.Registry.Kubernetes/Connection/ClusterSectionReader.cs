using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Mesh.Connection;

/// <summary>Reads a cluster's configuration section. What it does not know is an error: a misspelt key would be a setting without effect.</summary>
internal static class ClusterSectionReader
{
    private const string Known =
        "KubeconfigPath, Kubeconfig, KubeconfigAllows, Context, CertificateAuthority, Network, Region, Zone, Group, Namespaces, Services, LabelSelector, Gateway, PodCidrs, Drain, ExportMode, RequestTimeout, MaxObjectBytes, MaxObjects, MaxListBytes";

    public static void Read(IConfigurationSection section, KubernetesClusterOptions options)
    {
        if (!CheckObject(section, options)) return;
        foreach (var setting in section.GetChildren()) ReadSetting(setting, options);
    }

    private static void ReadSetting(IConfigurationSection setting, KubernetesClusterOptions options)
    {
        switch (setting.Key.ToUpperInvariant())
        {
            case "KUBECONFIGPATH":
                options.KubeconfigPath = Text(setting, options);
                break;
            case "KUBECONFIG":
                if (Text(setting, options) is { Length: > 0 } data) options.Kubeconfig = new KubeconfigData(data);
                break;
            case "KUBECONFIGALLOWS":
                foreach (var name in List(setting, options))
                {
                    if (Enum.TryParse<KubeconfigFeatures>(name, ignoreCase: true, out var feature) && Enum.IsDefined(feature)) options.KubeconfigAllows |= feature;
                    else options.SectionErrors.Add($"{setting.Path}: '{DnsLabel.Printable(name)}' is not one of {string.Join(", ", Enum.GetNames<KubeconfigFeatures>())}.");
                }

                break;
            case "CONTEXT":
                options.Context = Text(setting, options);
                break;
            case "CERTIFICATEAUTHORITY":
                options.CertificateAuthority = Text(setting, options);
                break;
            case "NETWORK":
                options.Network = Text(setting, options);
                break;
            case "REGION":
                options.Region = Text(setting, options);
                break;
            case "ZONE":
                options.Zone = Text(setting, options);
                break;
            case "GROUP":
                options.Group = Text(setting, options) ?? options.Group;
                break;
            case "LABELSELECTOR":
                options.LabelSelector = Text(setting, options);
                break;
            case "NAMESPACES":
                options.Namespaces = List(setting, options);
                break;
            case "SERVICES":
                options.Services = List(setting, options);
                break;
            case "GATEWAY":
                ReadGateway(setting, options);
                break;
            case "PODCIDRS":
                options.PodCidrs = List(setting, options);
                break;
            case "DRAIN":
                if (int.TryParse(setting.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var drain)) options.Drain = drain;
                else options.SectionErrors.Add($"{setting.Path}: '{DnsLabel.Printable(setting.Value)}' is no percentage: use 0 to 100.");
                break;
            case "EXPORTMODE":
                if (Enum.TryParse<ExportMode>(setting.Value, ignoreCase: true, out var mode) && Enum.IsDefined(mode)) options.ExportMode = mode;
                else options.SectionErrors.Add($"{setting.Path}: '{DnsLabel.Printable(setting.Value)}' is not one of {string.Join(", ", Enum.GetNames<ExportMode>())}.");
                break;
            case "REQUESTTIMEOUT":
                if (TimeText.TryParse(setting.Value ?? "", out var timeout)) options.RequestTimeout = timeout;
                else options.SectionErrors.Add($"{setting.Path}: '{DnsLabel.Printable(setting.Value)}' is no time; write 30s, 1m or 00:00:30.");
                break;
            case "MAXOBJECTBYTES":
                options.MaxObjectBytes = (int)Number(setting, options, options.MaxObjectBytes, int.MaxValue);
                break;
            case "MAXOBJECTS":
                options.MaxObjects = (int)Number(setting, options, options.MaxObjects, int.MaxValue);
                break;
            case "MAXLISTBYTES":
                options.MaxListBytes = Number(setting, options, options.MaxListBytes, long.MaxValue);
                break;
            default:
                options.SectionErrors.Add($"{setting.Path}: there is no such setting. Known: {Known}.");
                break;
        }
    }

    private static void ReadGateway(IConfigurationSection section, KubernetesClusterOptions options)
    {
        if (!CheckObject(section, options)) return;
        var gateway = options.Gateway = new KubernetesGatewayOptions();
        foreach (var setting in section.GetChildren())
        {
            switch (setting.Key.ToUpperInvariant())
            {
                case "HOSTS":
                    gateway.Hosts = List(setting, options);
                    break;
                case "PORT":
                    if (int.TryParse(setting.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var port)) gateway.Port = port;
                    else options.SectionErrors.Add($"{setting.Path}: '{DnsLabel.Printable(setting.Value)}' is no port.");
                    break;
                default:
                    options.SectionErrors.Add($"{setting.Path}: there is no such setting. Known: Hosts, Port.");
                    break;
            }
        }
    }

    private static long Number(IConfigurationSection setting, KubernetesClusterOptions options, long otherwise, long largest)
    {
        if (long.TryParse(setting.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= largest) return number;
        options.SectionErrors.Add($"{setting.Path}: '{DnsLabel.Printable(setting.Value)}' is no number up to {largest}.");
        return otherwise;
    }

    private static bool CheckObject(IConfigurationSection section, KubernetesClusterOptions options)
    {
        if (string.IsNullOrEmpty(section.Value)) return true;
        options.SectionErrors.Add($"{section.Path}: an object belongs here, {{ … }}, not '{DnsLabel.Printable(section.Value)}'.");
        return false;
    }

    private static string? Text(IConfigurationSection setting, KubernetesClusterOptions options)
    {
        if (setting.GetChildren().Any()) options.SectionErrors.Add($"{setting.Path}: one value belongs here, not several.");
        return setting.Value;
    }

    private static List<string> List(IConfigurationSection setting, KubernetesClusterOptions options)
    {
        if (!string.IsNullOrEmpty(setting.Value)) options.SectionErrors.Add($"{setting.Path}: a list belongs here: write [ \"{DnsLabel.Printable(setting.Value)}\" ].");
        return setting.GetChildren().Select(static c => c.Value ?? "").ToList();
    }
}
