using Mesh.Probing;
using Mesh.Tables;

namespace Mesh.Health;

/// <summary>
/// How the endpoints of one service are ejected and probed. Their health is one for all its routes, so that of the policies of the routes in use the strictest holds, field by field: in whatever order tables
/// are built, it comes to the same. Used under the service's lock.
/// </summary>
internal sealed class HealthRules(HealthContext health)
{
    /// <summary>How many policies are kept. A client that makes one per request must not fill the memory; those in use say theirs again when their tables are next laid out.</summary>
    public const int Most = 256;

    private readonly Dictionary<RouteKey, EffectivePolicy> _policies = [];
    private volatile ProbeRules? _probes;

    /// <summary>How they are probed; <see langword="null"/> while no route has said it. Read without the lock.</summary>
    public ProbeRules? Probes => _probes;

    /// <summary>A route is in use, under this policy.</summary>
    public void Use(in RouteKey route, EffectivePolicy policy)
    {
        if (_policies.Count >= Most && !_policies.ContainsKey(route))
        {
            _policies.Clear();
        }

        _policies[route] = policy;
        Apply();
    }

    /// <summary>A route is not in use any more. Where none is left, what held goes on holding.</summary>
    public void Forget(in RouteKey route)
    {
        if (_policies.Remove(route) && _policies.Count != 0)
        {
            Apply();
        }
    }

    private void Apply()
    {
        health.Settings = HealthSettings.Strictest(_policies.Values);
        _probes = ProbeRules.Strictest(_policies.Values);
    }
}
