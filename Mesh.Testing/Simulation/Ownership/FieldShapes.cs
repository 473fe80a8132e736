namespace Mesh.Simulation;

/// <summary>The shapes of the built-in types, as their Go sources mark them (<c>+listType</c>, <c>+listMapKey</c>, <c>+mapType</c>).</summary>
internal static class FieldShapes
{
    private static readonly FieldShape Conditions = FieldShape.By("type");

    private static readonly FieldShape Container = FieldShape.Of(
        ("ports", new FieldShape { Keys = [("containerPort", null), ("protocol", "TCP")] }),
        ("env", FieldShape.By("name")),
        ("volumeMounts", FieldShape.By("mountPath")),
        ("volumeDevices", FieldShape.By("devicePath")));

    /// <summary>Metadata of any object.</summary>
    public static FieldShape Metadata { get; } = FieldShape.Of(("ownerReferences", FieldShape.By("uid")), ("finalizers", FieldShape.Set));

    /// <summary>What all types have in common.</summary>
    public static FieldShape Plain { get; } = FieldShape.Of(("metadata", Metadata));

    public static FieldShape Conditioned { get; } = Plain.With(("status", FieldShape.Of(("conditions", Conditions))));

    public static FieldShape Service { get; } = Plain.With(
        ("spec", FieldShape.Of(("ports", new FieldShape { Keys = [("port", null), ("protocol", "TCP")] }), ("selector", FieldShape.Atomic))),
        ("status", FieldShape.Of(("conditions", Conditions))));

    public static FieldShape Node { get; } = Plain.With(
        ("spec", FieldShape.Of(("podCIDRs", FieldShape.Set))),
        ("status", FieldShape.Of(("conditions", Conditions), ("addresses", FieldShape.By("type")))));

    public static FieldShape Pod { get; } = Plain.With(
        ("spec", FieldShape.Of(
            ("containers", FieldShape.By(Container, "name")),
            ("initContainers", FieldShape.By(Container, "name")),
            ("ephemeralContainers", FieldShape.By(Container, "name")),
            ("volumes", FieldShape.By("name")),
            ("imagePullSecrets", FieldShape.By("name")),
            ("hostAliases", FieldShape.By("ip")),
            ("nodeSelector", FieldShape.Atomic),
            ("topologySpreadConstraints", FieldShape.By("topologyKey", "whenUnsatisfiable")))),
        ("status", FieldShape.Of(("conditions", Conditions), ("podIPs", FieldShape.By("ip")))));

    public static FieldShape ServiceAccount { get; } = Plain.With(("secrets", FieldShape.By("name")));

    public static FieldShape RoleBinding { get; } = Plain.With(("roleRef", FieldShape.Atomic));

    public static FieldShape ServiceImport { get; } = Plain.With(
        ("status", FieldShape.Of(("conditions", Conditions), ("clusters", FieldShape.By("cluster")))));
}
