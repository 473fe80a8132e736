using Mesh.Watch;

namespace Mesh.Connector;

/// <summary>How ServiceExports can be read from a server (Multi-Cluster Services API, KEP-1645).</summary>
internal abstract record ExportApi
{
    public const string Group = "multicluster.x-k8s.io";

    public const string Plural = "serviceexports";

    /// <summary>The versions that are understood, the preferred one first.</summary>
    public static IReadOnlyList<string> Versions { get; } = ["v1beta1", "v1alpha1"];

    /// <summary>What is followed, whatever the version, in one namespace or all.</summary>
    public static WatchTarget Target(string? @namespace, string version = "") => new(new ResourceType(Group, version, Plural), @namespace);

    /// <summary>In this version.</summary>
    public sealed record Served(string Version) : ExportApi;

    /// <summary>The server says that it has no such type.</summary>
    public sealed record Absent : ExportApi;

    /// <summary>The server could not be asked.</summary>
    public sealed record Unknown(WatchFailure Failure) : ExportApi;
}
