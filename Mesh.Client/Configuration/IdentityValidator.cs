using Mesh.Gateways;
using Microsoft.Extensions.Options;

namespace Mesh.Configuration;

/// <summary>Refuses an identity that is half said, or whose files cannot be used.</summary>
internal sealed class IdentityValidator : IValidateOptions<MeshOptions>
{
    // With "mesh.", a cluster's label and a dot it is a DNS name still.
    private const int MaxTrustDomain = 184;

    public ValidateOptionsResult Validate(string? name, MeshOptions options)
    {
        var errors = Check(options.Identity);
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static IReadOnlyList<string> Check(MeshIdentityOptions identity)
    {
        (string Setting, string? Value)[] together =
        [
            (nameof(identity.TrustDomain), identity.TrustDomain),
            (nameof(identity.Certificate), identity.Certificate),
            (nameof(identity.Key), identity.Key),
            (nameof(identity.TrustBundle), identity.TrustBundle),
        ];
        if (identity.ClusterTrustBundles.Count == 0 && Array.TrueForAll(together, static s => string.IsNullOrEmpty(s.Value)))
        {
            return [];
        }

        var errors = new SettingErrors("Mesh:Identity");
        foreach (var (setting, value) in together)
        {
            if (string.IsNullOrWhiteSpace(value))
            {
                errors.Add(setting, $"is not set: {string.Join(", ", together.Select(static s => s.Setting))} go together. Set it, or leave all of them out; then clusters of other networks are out of reach.");
            }
        }

        if (!string.IsNullOrWhiteSpace(identity.TrustDomain) && (identity.TrustDomain.Length > MaxTrustDomain || !identity.TrustDomain.Split('.').All(static l => DnsLabel.IsValid(l))))
        {
            errors.Add(nameof(identity.TrustDomain), $"is '{DnsLabel.Printable(identity.TrustDomain)}': use DNS labels of a-z, 0-9 and '-' with dots between, {MaxTrustDomain} characters at most (example.com).");
        }

        foreach (var (cluster, path) in identity.ClusterTrustBundles)
        {
            if (!DnsLabel.IsValid(cluster))
            {
                errors.In(nameof(identity.ClusterTrustBundles)).Add(DnsLabel.Printable(cluster), "is not a cluster's name: use a DNS label.");
            }
            else if (string.IsNullOrWhiteSpace(path))
            {
                errors.In(nameof(identity.ClusterTrustBundles)).Add(cluster, "names no file.");
            }
        }

        if (errors.Messages.Count > 0)
        {
            return errors.Messages;
        }

        var loader = new CredentialLoader(identity);
        if (loader.ReadFiles() is { } contents)
        {
            loader.Parse(contents);
        }

        return loader.Errors;
    }
}
