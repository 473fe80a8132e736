namespace Mesh.Substitution;

/// <summary>Names the application's assembly to <c>WebApplicationFactory</c>.</summary>
public sealed class ShopEntryPoint;
