namespace Mesh.Simulation;

/// <summary>Who writes, and how: what a set of fields is kept under.</summary>
internal readonly record struct FieldManager(string Name, bool Applies, string ApiVersion, string Subresource)
{
    public const int LongestName = 128;

    public string Operation => Applies ? "Apply" : "Update";

    /// <summary>As a conflict names it.</summary>
    public string Describe()
    {
        var subresource = Subresource.Length > 0 ? $" with subresource \"{Subresource}\"" : "";
        return Applies ? $"\"{Name}\"{subresource}" : $"\"{Name}\"{subresource} using {ApiVersion}";
    }
}
