using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Mesh.Configuration;

/// <summary>The clusters of <c>Mesh:Clusters</c>, added by the package that watches clusters if the application has it.</summary>
internal static class ClusterSections
{
    public static void Bind(IMeshBuilder builder, IConfigurationSection clusters)
    {
        var sections = clusters.GetChildren().ToList();

        // A list has no names; the section's validator says so.
        if (sections.TrueForAll(static s => SettingShape.IsListKey(s.Key)))
        {
            return;
        }

        // Hosts of these namespaces are services, whoever watches the clusters.
        builder.Services.Configure<MeshOptions>(options =>
        {
            options.Namespaces ??= [];
            foreach (var @namespace in sections.SelectMany(static s => s.GetSection("Namespaces").GetChildren()).Select(static n => n.Value))
            {
                // What is no name is refused where it is written, and not here a second time.
                if (@namespace is not null && DnsLabel.IsValid(@namespace) && !options.Namespaces.Contains(@namespace))
                {
                    options.Namespaces.Add(@namespace);
                }
            }
        });
        if (FindBinder() is { } binder)
        {
            foreach (var section in sections)
            {
                binder.Bind(builder, section.Key, section);
            }
        }
        else
        {
            builder.Services.AddSingleton<IValidateOptions<MeshOptions>>(new MissingPackage(clusters.Path, sections.ConvertAll(static s => s.Key)));
        }
    }

    // Trimming keeps the type where the package is referenced: its name is a constant and the constructor is asked for in the same place.
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor, "Mesh.KubernetesClusterSectionBinder", "Mesh.Registry.Kubernetes")]
    [UnconditionalSuppressMessage("Trimming", "IL2035", Justification = "The package may be absent; then the start error names it.")]
    private static IClusterSectionBinder? FindBinder() =>
        Type.GetType(IClusterSectionBinder.KubernetesTypeName) is { } type ? (IClusterSectionBinder?)Activator.CreateInstance(type) : null;

    private sealed class MissingPackage(string path, List<string> clusters) : IValidateOptions<MeshOptions>
    {
        public ValidateOptionsResult Validate(string? name, MeshOptions options) => ValidateOptionsResult.Fail(
            $"{path} names clusters ({string.Join(", ", clusters)}), but nothing here can watch them: add the package Mesh.Registry.Kubernetes (dotnet add package Mesh brings it), or remove the section.");
    }
}
