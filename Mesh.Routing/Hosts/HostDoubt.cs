using Mesh.Policies;

namespace Mesh.Hosts;

/// <summary>What could change a cached answer; asked on each use of it, at the cost of a few reads.</summary>
internal abstract class HostDoubt
{
    /// <summary>Whether the host must be looked at again.</summary>
    public abstract bool HasChanged { get; }

    /// <summary>Foreign, or not decided, while the catalog has not seen the namespace.</summary>
    public sealed class OfNamespace(IMeshCatalog catalog, string @namespace, bool untilSynced) : HostDoubt
    {
        public override bool HasChanged => catalog.HasNamespace(@namespace) || (untilSynced && catalog.IsSynced);
    }

    /// <summary>A bare name means a service of the own namespace only where that is known.</summary>
    public sealed class OfService(IMeshCatalog catalog, ServiceCell cell, ServiceLookupStatus status) : HostDoubt
    {
        public override bool HasChanged
        {
            get
            {
                cell.MarkUsed();
                return status switch
                {
                    ServiceLookupStatus.Known => cell.Current is null,
                    ServiceLookupStatus.Absent => cell.Current is not null,
                    _ => cell.Current is not null || catalog.Find(cell.Name).Status != ServiceLookupStatus.Pending,
                };
            }
        }
    }

    /// <summary>Whether the own cluster is one of the mesh, and whether a configured policy widens its services.</summary>
    public sealed class OfOwnCluster(IMeshCatalog catalog, long topology, bool wasSynced, PolicyBook policies, ConfiguredPolicies configured) : HostDoubt
    {
        public override bool HasChanged => catalog.TopologyRevision != topology || catalog.IsSynced != wasSynced || !ReferenceEquals(policies.Configured, configured);
    }
}
