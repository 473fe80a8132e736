using System.Collections.Immutable;
using CsCheck;
using Mesh.Supervision;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mesh.Catalog;

/// <summary>Any sequence of changes by several sources and clusters gives the catalog that a naive model gives.</summary>
public class CatalogModelTests
{
    private static readonly string[] Sources = ["file", "watch"];
    private static readonly ClusterId[] Clusters = [new("alpha"), new("beta")];
    private static readonly ServiceName[] Services = [new("sales", "orders"), new("sales", "carts"), new("ops", "logs")];
    private static readonly DateTimeOffset[] Dates = [new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), new(2026, 1, 2, 0, 0, 0, TimeSpan.Zero)];
    private static readonly ServicePort[] Ports = [new("http", 80), new("http", 8080), new("web", 80), new("grpc", 9000)];

    private static readonly Gen<Said> GenSaid = Gen.Select(
        Gen.Int[0, Ports.Length - 1].Array[0, 2],
        Gen.Select(Gen.UInt[1, 4], Gen.Int[0, 2], Gen.Int[0, 1]).Array[0, 4],
        Gen.Int[0, 2],
        Gen.Bool,
        static (ports, endpoints, date, exported) => new Said(
            [.. ports.Select(static p => Ports[p]).DistinctBy(static p => p.Name).DistinctBy(static p => p.Port)],
            [.. endpoints.Select(static e => new SaidEndpoint(e.Item1, (EndpointConditions)e.Item2, e.Item3)).DistinctBy(static e => (e.Address, e.Slice))],
            date == 2 ? null : Dates[date],
            exported));

    private static readonly Gen<Change> GenChange = Gen.Select(
        Gen.Int[0, 9],
        Gen.Int[0, Sources.Length - 1],
        Gen.Int[0, Clusters.Length - 1],
        Gen.Int[0, Services.Length - 1],
        GenSaid.Array[Services.Length],
        Gen.Bool.Array[Services.Length],
        static (kind, source, cluster, service, said, isIn) => new Change(kind, source, cluster, service, said, isIn));

    [Fact]
    public void AnyChanges_BySeveralSourcesAndClusters_SameCatalogAsTheModel() =>
        GenChange.Array[1, 25].Sample(static changes =>
        {
            var core = new CatalogCore(new MeshCatalogOptions(), TimeProvider.System, NullLoggerFactory.Instance);
            var sinks = Sources.Select((name, place) => new SourceSink(place, new HandSource(name), core, static () => { })).ToArray();
            foreach (var sink in sinks)
            {
                Array.ForEach(Clusters, c => sink.SetCluster(TestCatalog.Live(c)));
            }

            Dictionary<(int Source, int Cluster), Dictionary<int, Said>> model = [];
            var revisions = new long[Services.Length];
            foreach (var change in changes)
            {
                change.ApplyTo(sinks[change.Source]);
                change.ApplyTo(model);
                for (var s = 0; s < Services.Length; s++)
                {
                    var snapshot = core.Cells.GetOrAdd(Services[s]).Current;
                    Written(snapshot).ShouldBe(Expected(model, s));
                    if (snapshot is not null)
                    {
                        snapshot.Revision.ShouldBeGreaterThanOrEqualTo(revisions[s]);
                        revisions[s] = snapshot.Revision;
                    }
                }

                core.Counts.Services.ShouldBe(core.Cells.Awake.Count(static c => c.Current is not null));
                core.Counts.Endpoints.ShouldBe(core.Cells.Awake.Sum(static c => c.Current?.EndpointCount ?? 0));
            }
        }, iter: 2000, seed: "0N0XIzNsQ0O2");

    private static string Written(ServiceSnapshot? snapshot) => snapshot is null
        ? "nothing"
        : $"{string.Join(' ', snapshot.Ports.Select(static p => $"{p.Name}:{p.Port}"))} | {string.Join(' ', snapshot.Endpoints.ToArray().Select(static e => $"{e.Cluster}/{e.Segment.Slice}/{e.Address}/{(int)e.Conditions}"))}";

    // As one would write it down who has never heard of cells, segments and sharing.
    private static string Expected(Dictionary<(int Source, int Cluster), Dictionary<int, Said>> model, int service)
    {
        var said = model.Where(m => m.Value.ContainsKey(service))
            .Select(m => (Source: Sources[m.Key.Source], Cluster: Clusters[m.Key.Cluster], Said: m.Value[service]))
            .ToList();
        if (said.Count == 0)
        {
            return "nothing";
        }

        List<ServicePort> ports = [];
        foreach (var port in said.OrderBy(static s => s.Said.IsExported ? 0 : 1)
            .ThenBy(static s => s.Said.ExportedAt ?? DateTimeOffset.MaxValue)
            .ThenBy(static s => s.Cluster)
            .ThenBy(static s => s.Source, StringComparer.Ordinal)
            .SelectMany(static s => s.Said.Ports))
        {
            if (!ports.Exists(p => p.Name == port.Name || p.Port == port.Port))
            {
                ports.Add(port);
            }
        }

        var endpoints = said.OrderBy(static s => s.Cluster).ThenBy(static s => s.Source, StringComparer.Ordinal)
            .SelectMany(static s => s.Said.Endpoints.OrderBy(static e => e.Slice).Select(e => (s.Cluster, s.Said.IsExported, Endpoint: e)))
            .ToList();
        var kept = endpoints.GroupBy(static e => (e.Cluster, e.Endpoint.Address))
            .Select(static g => g.OrderByDescending(static e => (e.IsExported ? 4 : 0) + ((e.Endpoint.Conditions & EndpointConditions.Ready) != 0 ? 2 : 0) + ((e.Endpoint.Conditions & EndpointConditions.Serving) != 0 ? 1 : 0)).First())
            .ToHashSet();
        var written = new List<string>();
        foreach (var one in endpoints)
        {
            // Of two that are alike the first stays.
            if (kept.Remove(one))
            {
                written.Add($"{one.Cluster}/{one.Endpoint.Slice}/{EndpointAddress.FromIPv4(one.Endpoint.Address)}/{(int)one.Endpoint.Conditions}");
            }
        }

        return $"{string.Join(' ', ports.Select(static p => $"{p.Name}:{p.Port}"))} | {string.Join(' ', written)}";
    }

    private sealed record SaidEndpoint(uint Address, EndpointConditions Conditions, int Slice);

    private sealed record Said(ImmutableArray<ServicePort> Ports, ImmutableArray<SaidEndpoint> Endpoints, DateTimeOffset? ExportedAt, bool IsExported)
    {
        public ServiceContribution For(ServiceName service, ClusterId cluster) => new(service)
        {
            Ports = Ports,
            ExportedAt = ExportedAt,
            IsExported = IsExported,
            Segments =
            [
                .. Endpoints.GroupBy(static e => e.Slice).OrderBy(static g => g.Key).Select(slice =>
                {
                    var segment = new EndpointSegmentBuilder(cluster, $"{slice.Key}", [new EndpointPort("http", 8080)]);
                    foreach (var endpoint in slice)
                    {
                        segment.Add(new EndpointDescription(EndpointAddress.FromIPv4(endpoint.Address)) { Conditions = endpoint.Conditions });
                    }

                    return segment.Build();
                }),
            ],
        };
    }

    private sealed record Change(int Kind, int Source, int Cluster, int Service, Said[] Said, bool[] IsIn)
    {
        public void ApplyTo(SourceSink sink)
        {
            var cluster = Clusters[Cluster];
            switch (Kind)
            {
                case <= 3:
                    sink.Reset(cluster, [.. Enumerable.Range(0, Services.Length).Where(s => IsIn[s]).Select(s => Said[s].For(Services[s], cluster))]);
                    break;
                case <= 6:
                    sink.Upsert(cluster, Said[0].For(Services[Service], cluster));
                    break;
                case <= 8:
                    sink.Remove(cluster, Services[Service]);
                    break;
                default:
                    sink.RemoveCluster(cluster);
                    sink.SetCluster(TestCatalog.Live(cluster));
                    break;
            }
        }

        public void ApplyTo(Dictionary<(int Source, int Cluster), Dictionary<int, Said>> model)
        {
            if (!model.TryGetValue((Source, Cluster), out var services))
            {
                model[(Source, Cluster)] = services = [];
            }

            switch (Kind)
            {
                case <= 3:
                    services.Clear();
                    for (var s = 0; s < Services.Length; s++)
                    {
                        if (IsIn[s])
                        {
                            services[s] = Said[s];
                        }
                    }

                    break;
                case <= 6:
                    services[Service] = Said[0];
                    break;
                case <= 8:
                    services.Remove(Service);
                    break;
                default:
                    services.Clear();
                    break;
            }
        }
    }
}
