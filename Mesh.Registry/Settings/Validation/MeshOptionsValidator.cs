using Microsoft.Extensions.Options;

namespace Mesh.Settings;

/// <summary>All errors of <see cref="MeshOptions"/> at once.</summary>
internal sealed class MeshOptionsValidator : IValidateOptions<MeshOptions>
{
    public ValidateOptionsResult Validate(string? name, MeshOptions options)
    {
        var errors = new SettingErrors("Mesh");
        CheckLocality(errors.In(nameof(options.Locality)), options.Locality);
        for (var i = 0; i < options.Namespaces.Count; i++)
        {
            errors.In(nameof(options.Namespaces)).CheckLabel($"{i}", options.Namespaces[i] ?? "");
        }

        errors.CheckTime(nameof(options.InitialSyncTimeout), options.InitialSyncTimeout, TimeSpan.Zero, TimeSpan.FromMinutes(10));
        errors.CheckTime(nameof(options.InterestExpiry), options.InterestExpiry, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        errors.CheckTime(nameof(options.MaxCachedAge), options.MaxCachedAge, TimeSpan.Zero, TimeSpan.FromDays(30));
        if (options.StateDirectory is { } folder && (string.IsNullOrWhiteSpace(folder) || File.Exists(folder)))
        {
            errors.Add(nameof(options.StateDirectory), $"is '{DnsLabel.Printable(folder)}', which is no folder: name one that this process may write in, or leave it out.");
        }

        CheckPolicy(errors.In(nameof(options.Policy)), options.Policy);
        foreach (var (service, policy) in options.Services)
        {
            if (!ServiceName.TryParse(service, out _))
            {
                errors.In(nameof(options.Services)).Add(DnsLabel.Printable(service), "is not a service: write name.namespace, two DNS labels with a dot between (orders.sales).");
            }

            CheckPolicy(errors.In(nameof(options.Services)).In(DnsLabel.Printable(service)), policy);
        }

        return errors.Messages.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors.Messages);
    }

    private static void CheckPolicy(SettingErrors errors, ServicePolicyOptions policy)
    {
        ServicePolicyValidator.Check(errors, policy);
        if (policy.Enabled is not null)
        {
            errors.Add(nameof(policy.Enabled), "has no effect here: only a client can leave the mesh out, with ConfigureMeshRouting(p => p.Enabled = false) on its builder.");
        }
    }

    private static void CheckLocality(SettingErrors errors, MeshLocalityOptions locality)
    {
        errors.CheckLabel(nameof(locality.Cluster), locality.Cluster);
        errors.CheckLabel(nameof(locality.Namespace), locality.Namespace);
        CheckLabelValue(errors, nameof(locality.Region), locality.Region);
        CheckLabelValue(errors, nameof(locality.Zone), locality.Zone);
        CheckLabelValue(errors, nameof(locality.Network), locality.Network);
        if (locality.Node is { Length: 0 or > 253 })
        {
            errors.Add(nameof(locality.Node), "is not a node's name: use 1 to 253 characters.");
        }
    }

    // Regions and zones are Kubernetes label values: letters of either case, digits, '-', '_' and '.', 63 characters at most.
    private static void CheckLabelValue(SettingErrors errors, string setting, string? value)
    {
        if (value is null)
        {
            return;
        }

        if (value.Length is 0 or > 63 || !value.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            || !char.IsAsciiLetterOrDigit(value[0]) || !char.IsAsciiLetterOrDigit(value[^1]))
        {
            errors.Add(setting, $"is '{DnsLabel.Printable(value)}': use 1 to 63 letters, digits, '-', '_' or '.', beginning and ending with a letter or digit.");
        }
    }
}
