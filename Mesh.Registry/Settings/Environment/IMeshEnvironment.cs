namespace Mesh.Settings;

/// <summary>What the platform tells a process about itself; a seam, because tests share one real environment.</summary>
internal interface IMeshEnvironment
{
    /// <summary>An environment variable, or <see langword="null"/>.</summary>
    string? GetVariable(string name);

    /// <summary>The namespace of the pod's service account, or <see langword="null"/> outside a pod.</summary>
    string? GetServiceAccountNamespace();
}
