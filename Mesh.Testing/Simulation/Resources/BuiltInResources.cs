namespace Mesh.Simulation;

/// <summary>What a server serves from the start: what a mesh reads and writes. Each server makes its own, since rules hold allocations.</summary>
internal sealed class BuiltInResources
{
    private const string RbacGroup = "rbac.authorization.k8s.io";

    public ResourceType Namespaces { get; } = new("", ["v1"], "namespaces", "Namespace", new NamespaceRules())
    {
        Namespaced = false,
        HasStatus = true,
        DeletionReturnsObject = true,
        ShortNames = ["ns"],
        EmptyBody = ",\"spec\":{},\"status\":{}",
    };

    public ResourceType Services { get; } = new("", ["v1"], "services", "Service", new ServiceRules())
    {
        HasStatus = true,
        CreateOnUpdate = true,
        DeletionReturnsObject = true,
        ShortNames = ["svc"],
        EmptyBody = ",\"spec\":{},\"status\":{\"loadBalancer\":{}}",
    };

    public ResourceType EndpointSlices { get; } = new("discovery.k8s.io", ["v1"], "endpointslices", "EndpointSlice", new EndpointSliceRules())
    {
        Generation = GenerationRule.Content,
        EmptyBody = ",\"addressType\":\"\",\"endpoints\":null,\"ports\":null",
    };

    public ResourceType Nodes { get; } = new("", ["v1"], "nodes", "Node", new NodeRules())
    {
        Namespaced = false,
        HasStatus = true,
        ShortNames = ["no"],
        EmptyBody = ",\"spec\":{},\"status\":{}",
    };

    public ResourceType Pods { get; } = new("", ["v1"], "pods", "Pod", new PodRules())
    {
        HasStatus = true,
        DeletionReturnsObject = true,
        Generation = GenerationRule.Spec,
        ShortNames = ["po"],
        EmptyBody = ",\"spec\":{\"containers\":null},\"status\":{}",
    };

    public ResourceType Secrets { get; } = new("", ["v1"], "secrets", "Secret", new SecretRules());

    public ResourceType ConfigMaps { get; } = new("", ["v1"], "configmaps", "ConfigMap", new ConfigMapRules()) { ShortNames = ["cm"] };

    public ResourceType ServiceAccounts { get; } = new("", ["v1"], "serviceaccounts", "ServiceAccount", ResourceRules.Plain)
    {
        DeletionReturnsObject = true,
        ShortNames = ["sa"],
    };

    public ResourceType Leases { get; } = new("coordination.k8s.io", ["v1"], "leases", "Lease", new LeaseRules())
    {
        CreateOnUpdate = true,
        UnconditionalUpdate = false,
        EmptyBody = ",\"spec\":{}",
    };

    public ResourceType Roles { get; } = new(RbacGroup, ["v1"], "roles", "Role", new RoleRules()) { CreateOnUpdate = true };

    public ResourceType ClusterRoles { get; } = new(RbacGroup, ["v1"], "clusterroles", "ClusterRole", new RoleRules())
    {
        Namespaced = false,
        CreateOnUpdate = true,
    };

    public ResourceType RoleBindings { get; } = new(RbacGroup, ["v1"], "rolebindings", "RoleBinding", new RoleBindingRules(false))
    {
        CreateOnUpdate = true,
    };

    public ResourceType ClusterRoleBindings { get; } = new(RbacGroup, ["v1"], "clusterrolebindings", "ClusterRoleBinding", new RoleBindingRules(true))
    {
        Namespaced = false,
        CreateOnUpdate = true,
    };

    public ResourceType ServiceExports { get; } = Custom("serviceexports", "ServiceExport", new CustomResourceRules(), "svcex");

    public ResourceType ServiceImports { get; } = Custom("serviceimports", "ServiceImport", new ServiceImportRules(), "svcim", "svcimport");

    public ResourceCatalog Catalog() => new(
    [
        Namespaces, Services, Nodes, Pods, Secrets, ConfigMaps, ServiceAccounts, EndpointSlices, Leases, Roles, ClusterRoles, RoleBindings,
        ClusterRoleBindings, ServiceExports, ServiceImports,
    ]);

    private static ResourceType Custom(string plural, string kind, ResourceRules rules, params IReadOnlyList<string> shortNames) =>
        new("multicluster.x-k8s.io", ["v1beta1", "v1alpha1"], plural, kind, rules)
        {
            HasStatus = true,
            Custom = true,
            UnconditionalUpdate = false,
            Generation = GenerationRule.Content,
            ShortNames = shortNames,
        };
}
