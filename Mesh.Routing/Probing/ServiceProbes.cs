namespace Mesh.Probing;

/// <summary>Whom of one service's endpoints are probed: the gateways, and, where a path is said, those that are dialled. One thread at a time.</summary>
internal sealed class ServiceProbes(ProbeSchedule schedule)
{
    private readonly HashSet<EndpointState> _probed = [];
    private IReadOnlyCollection<EndpointState>? _seen;
    private ProbeRules? _rules;

    /// <summary>Brings it up to date; whether anybody is probed.</summary>
    /// <param name="rules">How they are probed; <see langword="null"/> while that is not known.</param>
    /// <param name="endpoints">The service's endpoints; another object whenever they change.</param>
    public bool Update(ProbeRules? rules, IReadOnlyCollection<EndpointState> endpoints)
    {
        if (schedule.Prober is null || rules is null || (ReferenceEquals(endpoints, _seen) && rules == _rules))
        {
            return _probed.Count != 0;
        }

        var wanted = endpoints.Where(e => !e.IsRetired && rules.Of(e) is not null).ToHashSet();
        foreach (var endpoint in _probed.Except(wanted).ToArray())
        {
            schedule.Remove(endpoint);
            _probed.Remove(endpoint);
        }

        foreach (var endpoint in wanted)
        {
            if (_probed.Add(endpoint) || rules != _rules)
            {
                schedule.Set(endpoint, rules.Of(endpoint)!);
            }
        }

        (_seen, _rules) = (endpoints, rules);
        return _probed.Count != 0;
    }

    /// <summary>Probes nobody until it is brought up to date again.</summary>
    public void Stop()
    {
        foreach (var endpoint in _probed)
        {
            schedule.Remove(endpoint);
        }

        _probed.Clear();
        _seen = null;
    }
}
