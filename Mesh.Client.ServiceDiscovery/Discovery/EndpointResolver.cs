namespace Mesh.Discovery;

/// <summary>What requests to a name would use now, as far as a list of addresses can say it.</summary>
internal static class EndpointResolver
{
    // A tier that gets the rest is for overflow: listed with the others, it would get as much as its number of endpoints.
    private const int EnoughPercent = 90;

    public static Resolution Resolve(MeshRouter router, ServiceHost host)
    {
        Resolution? last = null;
        foreach (var uri in host.Uris)
        {
            if (router.Match(uri).Kind != HostKind.Service)
            {
                continue;
            }

            var why = router.Explain(uri.GetLeftPart(UriPartial.Authority));
            var found = Of(why, host.IsChoice ? uri.Scheme : null);
            if (!host.IsChoice || (found.Addresses.Length > 0 && Speaks(uri.Scheme, why.Port)))
            {
                return found;
            }

            // None fits: then the scheme that was named last, as the caller prefers it least and can do with it.
            last = found;
        }

        return last ?? Resolution.NoService;
    }

    private static Resolution Of(RouteExplanation why, string? scheme)
    {
        var used = Used(why).ToList();
        var direct = used.Where(static e => e.Reach == Reach.Direct).ToList();
        if (direct.Count == 0)
        {
            // Where all that is nearest are gateways, the nearest of the others serve as well.
            direct = [.. why.Tiers.Select(static t => t.Endpoints.Where(static e => e.IsUsable && e.Reach == Reach.Direct)).FirstOrDefault(static e => e.Any()) ?? []];
        }

        return new Resolution(
            why.Match.Service,
            scheme,
            [.. LeastDrained(direct, why).Select(static e => e.Address)],
            [.. used.Where(static e => e.Reach == Reach.Gateway).Select(static e => e.Cluster).Distinct()],
            direct.Count > 0 ? null : why.Failure ?? "all of its endpoints are reached through gateways");
    }

    private static IEnumerable<EndpointExplanation> Used(RouteExplanation why)
    {
        var share = 0;
        foreach (var tier in why.Tiers)
        {
            if (tier.Share > 0 && share < EnoughPercent)
            {
                share += tier.Share;
                foreach (var endpoint in tier.Endpoints.Where(static e => e.IsUsable))
                {
                    yield return endpoint;
                }
            }
        }
    }

    // A part of a cluster's share cannot be said: while others can serve, a cluster that is being drained is left out.
    private static IEnumerable<EndpointExplanation> LeastDrained(List<EndpointExplanation> endpoints, RouteExplanation why)
    {
        var drains = why.Clusters.ToDictionary(static c => c.Cluster, static c => c.Drain);
        var least = endpoints.Select(DrainOf).DefaultIfEmpty().Min();
        return endpoints.Where(e => DrainOf(e) == least);

        int DrainOf(EndpointExplanation endpoint) => drains.GetValueOrDefault(endpoint.Cluster);
    }

    // Which scheme a port speaks, by what Kubernetes says of it.
    private static bool Speaks(string scheme, ServicePort? port)
    {
        var isSecure = port is not null
            && (port.Port == 443
                || (port.AppProtocol ?? "").Equals("https", StringComparison.OrdinalIgnoreCase)
                || port.Name.Split('-')[0].Equals("https", StringComparison.OrdinalIgnoreCase));
        return isSecure == (scheme == Uri.UriSchemeHttps);
    }
}
