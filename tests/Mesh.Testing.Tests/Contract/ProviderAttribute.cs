namespace Mesh.Contract;

/// <summary>
/// Which provider a class runs the contract on, and what that provider's servers can do. It is said ahead because tests are found before a
/// server runs; each test compares it with the server.
/// </summary>
/// <param name="name">As in the table.</param>
/// <param name="capabilities">Those of <see cref="ContractNeeds.Deciding"/> that its servers have.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ProviderAttribute(string name, KubernetesServerCapabilities capabilities) : Attribute
{
    /// <summary>As in the table.</summary>
    public string Name => name;

    /// <summary>What its servers can do.</summary>
    public KubernetesServerCapabilities Capabilities => capabilities;
}
