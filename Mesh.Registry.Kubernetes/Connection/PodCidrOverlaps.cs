using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Mesh.Connection;

/// <summary>Refuses clusters of one network whose pods have the same addresses: whoever dials one would reach the other.</summary>
/// <param name="registrations">The clusters.</param>
/// <param name="services">Where their options are, which may not be asked for before all are registered.</param>
internal sealed class PodCidrOverlaps(IEnumerable<KubernetesClusterRegistration> registrations, IServiceProvider services) : IValidateOptions<MeshOptions>
{
    public ValidateOptionsResult Validate(string? name, MeshOptions options)
    {
        var clusters = services.GetRequiredService<IOptionsMonitor<KubernetesClusterOptions>>();
        List<(KubernetesClusterRegistration Registration, string Network, AddressRanges Ranges)> known = [];
        List<string> errors = [];
        foreach (var registration in registrations.DistinctBy(static r => r.Name))
        {
            if (Read(clusters, registration.Name) is not { Network: { } network, PodCidrs.Count: > 0 } cluster || !AddressRanges.TryParse(cluster.PodCidrs, out var ranges, out _)) continue;
            foreach (var other in known.Where(k => k.Network == network))
            {
                if (ranges.OverlapWith(other.Ranges) is not { } overlap) continue;
                errors.Add($"{registration.Setting}:PodCidrs: {overlap.Own} of cluster '{registration.Name}' overlaps {overlap.Other} of cluster '{other.Registration.Name}', and both are in network '{network}': correct one, or give them different networks.");
            }

            known.Add((registration, network, ranges));
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static KubernetesClusterOptions? Read(IOptionsMonitor<KubernetesClusterOptions> clusters, string name)
    {
        try
        {
            return clusters.Get(name);
        }
        catch (OptionsValidationException)
        {
            // What else is wrong with it is said by its own validator.
            return null;
        }
    }
}
