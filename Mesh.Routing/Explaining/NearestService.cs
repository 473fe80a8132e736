using Mesh.Files;

namespace Mesh.Explaining;

/// <summary>Finds the service that an unknown one was meant to be.</summary>
internal static class NearestService
{
    /// <summary>A service of the same namespace whose name is alike, else one of the same name whose namespace is alike or the only one; <see langword="null"/> where there is none.</summary>
    public static ServiceName? Find(ServiceName asked, IMeshCatalog catalog)
    {
        var names = new List<string>();
        var namespaces = new List<string>();
        foreach (var service in catalog.Services)
        {
            if (service.Name.Namespace == asked.Namespace && service.Name.Name != asked.Name)
            {
                names.Add(service.Name.Name);
            }
            else if (service.Name.Name == asked.Name && service.Name.Namespace != asked.Namespace)
            {
                namespaces.Add(service.Name.Namespace);
            }
        }

        if (NearestName.Find(asked.Name, names) is { } name)
        {
            return new ServiceName(asked.Namespace, name);
        }

        var @namespace = NearestName.Find(asked.Namespace, namespaces) ?? (namespaces.Count == 1 ? namespaces[0] : null);
        return @namespace is null ? null : new ServiceName(@namespace, asked.Name);
    }
}
