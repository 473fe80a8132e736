namespace Mesh.Drafts;

/// <summary>A service port as written.</summary>
/// <param name="Port">What callers use.</param>
/// <param name="TargetPort">What is dialled where an endpoint does not say otherwise; <see langword="null"/> = the port's own number.</param>
internal sealed record PortDraft(ServicePort Port, int? TargetPort);
