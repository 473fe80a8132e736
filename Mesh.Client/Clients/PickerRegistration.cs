namespace Mesh.Clients;

/// <summary>An algorithm added with <c>AddPicker</c>.</summary>
internal sealed record PickerRegistration(string Name, Func<IServiceProvider, EndpointPicker> Create);
