using System.Collections.Frozen;
using Mesh.Policies;
using Mesh.Routes;

namespace Mesh.Hosts;

/// <summary>Decides which host is a service. Where it is not certain, the host is foreign: public names must never be touched.</summary>
internal sealed class HostMatcher
{
    private static readonly HostMatch NotHttp = new(HostKind.Foreign, "the scheme is neither http nor https");
    private static readonly HostMatch NotName = new(HostKind.Foreign, "it is an IP address, not a name");
    private static readonly HostMatch NotIdn = new(HostKind.Foreign, "it has characters that no host may have");

    private readonly RouterContext _router;
    private readonly FrozenSet<string> _namespaces;
    private readonly bool _isConfigured;
    private readonly HostCache _cache = new(capacity: 4096);

    public HostMatcher(RouterContext router)
    {
        var options = router.Options;
        _router = router;
        _namespaces = options.KnownNamespaces.Concat(options.ServicePolicies.Keys.Select(static s => s.Namespace))
            .Concat(options.OwnNamespace is { } own ? [own] : [])
            .ToFrozenSet(StringComparer.Ordinal);
        _isConfigured = options.IsConfigured || !options.KnownNamespaces.IsEmpty || !options.ServicePolicies.IsEmpty;
    }

    public HostCache Cache => _cache;

    public HostMatch Match(Uri uri)
    {
        if (!uri.IsAbsoluteUri || SchemeOf(uri) is not { } isSecure)
        {
            return NotHttp;
        }

        if (uri.HostNameType is not (UriHostNameType.Dns or UriHostNameType.Basic))
        {
            return NotName;
        }

        if (IdnHostOf(uri) is not { } host)
        {
            return NotIdn;
        }

        var key = new HostKey(host, uri.IsDefaultPort ? 0 : uri.Port, isSecure);
        var match = _cache.Find(key);
        if (match is null || match.Doubt is { HasChanged: true })
        {
            match = Decide(key);
            _cache.Set(key, match);
        }

        return match;
    }

    // A URL with half a character in its host can be made; only here it turns out to be none.
    private static string? IdnHostOf(Uri uri)
    {
        try
        {
            return uri.IdnHost;
        }
        catch (UriFormatException)
        {
            return null;
        }
    }

    private static bool? SchemeOf(Uri uri) => uri.Scheme switch
    {
        "http" or "ws" => false,
        "https" or "wss" => true,
        _ => null,
    };

    private HostMatch Decide(in HostKey key)
    {
        var host = HostName.Parse(key.Host.ToLowerInvariant());
        var port = host.PortName is { } name ? PortSelector.ByName(name, key.IsSecure)
            : key.Port != 0 ? PortSelector.ByNumber(key.Port, key.IsSecure)
            : PortSelector.ByScheme(key.IsSecure);
        return host.Form switch
        {
            HostForm.ClusterSet => Service(host, ServiceView.ClusterSet, port, "svc.clusterset.local names the exported union of a service"),
            HostForm.ClusterLocal => ClusterLocal(host, port),
            HostForm.Short => Short(host, port),
            HostForm.Bare => Bare(host.Name.ToString(), port),
            _ => new HostMatch(HostKind.Foreign, "it is not written as a service is (name, name.namespace, name.namespace.svc, name.namespace.svc.cluster.local or name.namespace.svc.clusterset.local)"),
        };
    }

    private static HostMatch Service(in HostName host, ServiceView view, PortSelector port, string reason) => new(HostKind.Service, reason)
    {
        Service = new ServiceName(host.Namespace.ToString(), host.Name.ToString()),
        View = view,
        Port = port,
    };

    private HostMatch ClusterLocal(in HostName host, PortSelector port)
    {
        var service = new ServiceName(host.Namespace.ToString(), host.Name.ToString());
        var configured = _router.Policies.Configured;
        var topology = _router.Topology;
        var isSynced = _router.Catalog.IsSynced;
        var doubt = new HostDoubt.OfOwnCluster(_router.Catalog, topology.Revision, isSynced, _router.Policies, configured);
        if (_router.Policies.Resolve(configured, service, null, null, default).WidenClusterLocal)
        {
            return new HostMatch(HostKind.Service, "svc.cluster.local is widened to the merged service by the policy")
            {
                Service = service,
                View = ServiceView.OwnCluster,
                Port = port,
                Doubt = doubt,
            };
        }

        if (topology.HasOwn || (!isSynced && !topology.Own.IsNone))
        {
            return new HostMatch(HostKind.Service, "svc.cluster.local names the own cluster's service")
            {
                Service = service,
                View = ServiceView.OwnCluster,
                Port = port,
                Doubt = doubt,
            };
        }

        return new HostMatch(HostKind.Foreign, topology.Own.IsNone
            ? "svc.cluster.local names the own cluster's service, and the own cluster is not known (Mesh:Locality:Cluster)"
            : $"svc.cluster.local names the own cluster's service, and the own cluster {topology.Own} is not one of the mesh")
        {
            Doubt = doubt,
        };
    }

    private HostMatch Short(in HostName host, PortSelector port)
    {
        var @namespace = host.Namespace.ToString();
        if (_namespaces.Contains(@namespace))
        {
            return Service(host, ServiceView.Mesh, port, $"namespace {@namespace} is configured");
        }

        if (TopLevelDomains.IsReserved(@namespace))
        {
            return new HostMatch(HostKind.Foreign, $"'{@namespace}' is a public domain; to use a namespace of that name, configure it (Mesh:Namespaces)");
        }

        var catalog = _router.Catalog;
        var isSynced = catalog.IsSynced;
        if (catalog.HasNamespace(@namespace))
        {
            return TopLevelDomains.MayBePublic(@namespace) ? InPublicDomain(host, port) : Service(host, ServiceView.Mesh, port, $"namespace {@namespace} was seen in the catalog");
        }

        return _isConfigured || isSynced
            ? new HostMatch(HostKind.Foreign, $"namespace {@namespace} is neither configured (Mesh:Namespaces) nor seen")
            {
                Doubt = new HostDoubt.OfNamespace(catalog, @namespace, untilSynced: false),
            }
            : new HostMatch(HostKind.Undecided, $"no namespaces are configured (Mesh:Namespaces), and the catalog is not complete yet: {@namespace} may be a namespace or a public domain")
            {
                Doubt = new HostDoubt.OfNamespace(catalog, @namespace, untilSynced: true),
            };
    }

    // The namespace is also a public domain and was merely seen: whatever else is under it is the internet's.
    private HostMatch InPublicDomain(in HostName host, PortSelector port)
    {
        var service = new ServiceName(host.Namespace.ToString(), host.Name.ToString());
        var found = _router.Catalog.Find(service);
        var doubt = new HostDoubt.OfService(_router.Catalog, found.Cell, found.Status);
        return found.Status == ServiceLookupStatus.Known
            ? new HostMatch(HostKind.Service, $"namespace {service.Namespace} is a public domain too, but the catalog knows this very service")
            {
                Service = service,
                Port = port,
                Doubt = doubt,
            }
            : new HostMatch(HostKind.Foreign, $"'{service.Namespace}' is a public domain, and the catalog has seen a namespace of that name but knows no service {service}; where all of it is meant, configure the namespace (Mesh:Namespaces)")
            {
                Doubt = doubt,
            };
    }

    private HostMatch Bare(string name, PortSelector port)
    {
        if (name == "localhost")
        {
            return new HostMatch(HostKind.Foreign, "it is this machine");
        }

        if (_router.Options.OwnNamespace is not { } own)
        {
            return new HostMatch(HostKind.Foreign, "a bare name means the own namespace, and that is not known (Mesh:Locality:Namespace)");
        }

        var service = new ServiceName(own, name);
        var found = _router.Catalog.Find(service);
        var doubt = new HostDoubt.OfService(_router.Catalog, found.Cell, found.Status);
        return found.Status == ServiceLookupStatus.Absent
            ? new HostMatch(HostKind.Foreign, $"the own namespace {own} has no service {name}") { Doubt = doubt }
            : new HostMatch(HostKind.Service, found.Status == ServiceLookupStatus.Known ? $"it is a service of the own namespace {own}" : $"it may be a service of the own namespace {own}: not every source has spoken")
            {
                Service = service,
                Port = port,
                IsProvisional = found.Status == ServiceLookupStatus.Pending,
                Doubt = doubt,
            };
    }
}
