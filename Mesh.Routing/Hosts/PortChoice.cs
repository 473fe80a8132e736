namespace Mesh.Hosts;

/// <summary>Which port of a service a selector means, or why none.</summary>
/// <param name="Port">The port, or <see langword="null"/>.</param>
/// <param name="Reason">How it was found, or what to write instead.</param>
internal sealed record PortChoice(ServicePort? Port, string Reason);
