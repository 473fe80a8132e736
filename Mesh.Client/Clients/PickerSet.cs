namespace Mesh.Clients;

/// <summary>The algorithms of the application, and the names that policies may use.</summary>
internal sealed class PickerSet(IEnumerable<PickerRegistration> registrations)
{
    private static readonly string[] BuiltIn = ["least-request", "round-robin", "random", "ring-hash", "maglev", "weighted-by-utilization", "hashing", "least-work"];

    // The last of a name wins, as everywhere in the service collection.
    private readonly Dictionary<string, PickerRegistration> _registrations =
        registrations.GroupBy(static r => r.Name, StringComparer.Ordinal).ToDictionary(static g => g.Key, static g => g.Last(), StringComparer.Ordinal);

    public IReadOnlyDictionary<string, EndpointPicker> Create(IServiceProvider services) =>
        _registrations.ToDictionary(static r => r.Key, r => r.Value.Create(services), StringComparer.Ordinal);

    public void Check(SettingErrors errors, ServicePolicyOptions policy)
    {
        if (!string.IsNullOrWhiteSpace(policy.LoadBalancing) && !BuiltIn.Contains(policy.LoadBalancing, StringComparer.Ordinal) && !_registrations.ContainsKey(policy.LoadBalancing))
        {
            errors.Add(
                nameof(policy.LoadBalancing),
                $"is '{policy.LoadBalancing}', which is no algorithm here: use {string.Join(", ", BuiltIn.Concat(_registrations.Keys))}, or add yours with AddPicker.");
        }
    }
}
