namespace Mesh.Simulation;

/// <summary>Ends the handling of one request with the <see cref="ApiStatus"/> that the real server would answer.</summary>
internal sealed class ApiException(ApiStatus status) : Exception(status.Message)
{
    public ApiStatus Status { get; } = status;
}
