namespace Mesh.Settings;

/// <summary>The real environment.</summary>
internal sealed class ProcessEnvironment : IMeshEnvironment
{
    // Mounted into every pod by the ServiceAccount admission plugin.
    private const string NamespaceFile = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";

    public string? GetVariable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    public string? GetServiceAccountNamespace()
    {
        try
        {
            return File.Exists(NamespaceFile) ? File.ReadAllText(NamespaceFile).Trim() : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
