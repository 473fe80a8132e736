namespace Mesh.Simulation;

/// <summary>What a server serves from the start: what a mesh reads and writes. Each server makes its own, since rules hold allocations.</summary>
internal sealed class BuiltInResources
{
    private const string RbacGroup = "rbac.authorization.k8s.io";

    public ResourceType Namespaces { get; } = new("", ["v1"], "namespaces", "Namespace", new NamespaceRules())
    {
        Namespaced = false,
        Shape = FieldShapes.Conditioned,
        HasStatus = true,
        DeletionReturnsObject = true,
        ShortNames = ["ns"],
        EmptyBody = ",\"spec\":{},\"status\":{}",
    };

    public ResourceType Services { get; } = new("", ["v1"], "services", "Service", new ServiceRules())
    {
        Shape = FieldShapes.Service,
        HasStatus = true,
        CreateOnUpdate = true,
        DeletionReturnsObject = true,
        ShortNames = ["svc"],
        EmptyBody = ",\"spec\":{},\"status\":{\"loadBalancer\":{}}",
    };

    public ResourceType EndpointSlices { get; } = new("discovery.k8s.io", ["v1"], "endpointslices", "EndpointSlice", new EndpointSliceRules())
    {
        Generation = GenerationRule.ContentAndLabels,
        EmptyBody = ",\"addressType\":\"\",\"endpoints\":null,\"ports\":null",
    };

    public ResourceType Nodes { get; } = new("", ["v1"], "nodes", "Node", new NodeRules())
    {
        Namespaced = false,
        Shape = FieldShapes.Node,
        HasStatus = true,
        ShortNames = ["no"],
        EmptyBody = ",\"spec\":{},\"status\":{}",
    };

    public ResourceType Pods { get; } = new("", ["v1"], "pods", "Pod", new PodRules())
    {
        Shape = FieldShapes.Pod,
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
        Shape = FieldShapes.ServiceAccount,
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
        Shape = FieldShapes.RoleBinding,
        CreateOnUpdate = true,
    };

    public ResourceType ClusterRoleBindings { get; } = new(RbacGroup, ["v1"], "clusterrolebindings", "ClusterRoleBinding", new RoleBindingRules(true))
    {
        Namespaced = false,
        Shape = FieldShapes.RoleBinding,
        CreateOnUpdate = true,
    };

    public ResourceType ServiceExports { get; } = Custom("serviceexports", "ServiceExport", new CustomResourceRules(), "svcex");

    public ResourceType ServiceImports { get; } = Custom("serviceimports", "ServiceImport", new ServiceImportRules(), "svcim", "svcimport");

    public ResourceType Definitions { get; } =
        new("apiextensions.k8s.io", ["v1"], "customresourcedefinitions", "CustomResourceDefinition", new DefinitionRules())
        {
            Namespaced = false,
            HasStatus = true,
            UnconditionalUpdate = false,
            Generation = GenerationRule.Spec,
            Shape = FieldShapes.Conditioned,
            ShortNames = ["crd", "crds"],
            Categories = ["api-extensions"],
            EmptyBody = ",\"spec\":{\"group\":\"\",\"names\":{\"plural\":\"\",\"kind\":\"\"},\"scope\":\"\",\"versions\":null},\"status\":{\"conditions\":null,\"acceptedNames\":{\"plural\":\"\",\"kind\":\"\"},\"storedVersions\":null}",
        };

    /// <param name="multiCluster">Whether those of the Multi-Cluster Services API are among them.</param>
    public ResourceCatalog Catalog(bool multiCluster) => new(
    [
        Namespaces, Services, Nodes, Pods, Secrets, ConfigMaps, ServiceAccounts, EndpointSlices, Leases, Roles, ClusterRoles, RoleBindings,
        ClusterRoleBindings, Definitions, .. multiCluster ? (ReadOnlySpan<ResourceType>)[ServiceExports, ServiceImports] : [],
    ]);

    private static ResourceType Custom(string plural, string kind, ResourceRules rules, params IReadOnlyList<string> shortNames) =>
        new("multicluster.x-k8s.io", ["v1beta1", "v1alpha1"], plural, kind, rules)
        {
            HasStatus = true,
            Custom = true,
            Shape = FieldShapes.ServiceImport,
            UnconditionalUpdate = false,
            Generation = GenerationRule.Content,
            ShortNames = shortNames,
        };
}
