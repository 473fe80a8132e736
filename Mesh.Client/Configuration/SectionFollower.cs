using Mesh.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Mesh.Configuration;

/// <summary>
/// Follows the sections that the mesh was given while the process runs. Policies that change in them hold from the next pick on; what else changes is named and waits for the next start, since clusters,
/// hosts and the own place are decided by then. What cannot be followed changes nothing.
/// </summary>
internal sealed partial class SectionFollower(IEnumerable<MeshSection> sections, IOptionsFactory<MeshOptions> options, ClientConditions conditions, ILogger<SectionFollower> logger) : IDisposable
{
    private const int Named = 10;

    private readonly MeshSection[] _sections = [.. sections];
    private readonly List<IDisposable> _subscriptions = [];
    private readonly Lock _gate = new();
    private Dictionary<string, string?> _started = [];
    private Dictionary<string, string?> _taken = [];
    private Dictionary<string, string?> _looked = [];
    private volatile bool _isRefused;
    private volatile bool _isRestartNeeded;

    /// <summary>From now on tells the router of what changes.</summary>
    /// <param name="router">The router, which has what the sections say now.</param>
    public void Follow(MeshRouter router)
    {
        conditions.Watch("configuration_refused", () => _isRefused ? 1 : 0);
        conditions.Watch("restart_needed", () => _isRestartNeeded ? 1 : 0);
        lock (_gate)
        {
            _started = _taken = _looked = Read();
            foreach (var section in _sections)
            {
                _subscriptions.Add(ChangeToken.OnChange(section.GetReloadToken, Look, router));
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _subscriptions.ForEach(static s => s.Dispose());
            _subscriptions.Clear();
        }
    }

    private void Look(MeshRouter router)
    {
        lock (_gate)
        {
            // Whatever changes anywhere in the configuration is told here.
            var now = Read();
            if (Changes(_looked, now, static _ => true).Count == 0)
            {
                return;
            }

            _looked = now;
            try
            {
                Take(router, now);
            }
            catch (OptionsValidationException e)
            {
                Refuse(e.Failures);
            }
            catch (Exception e)
            {
                // Whatever the application's own Configure throws: it would otherwise end on the thread of whoever watches the file.
                Refuse([e.Message]);
            }
        }
    }

    private void Take(MeshRouter router, Dictionary<string, string?> now)
    {
        // With what was said in code, and checked as at the start.
        var read = RouterOptions.From(options.Create(Options.DefaultName));
        if (Changes(_taken, now, IsPolicy) is { Count: > 0 } policies)
        {
            router.Configure(read.DefaultPolicy, read.ServicePolicies);
            Log.PoliciesChanged(logger, Names(policies));
        }

        _taken = now;
        _isRefused = false;
        var waiting = Changes(_started, now, key => !IsPolicy(key));
        _isRestartNeeded = waiting.Count > 0;
        if (_isRestartNeeded)
        {
            Log.RestartNeeded(logger, Names(waiting));
        }
    }

    private void Refuse(IEnumerable<string> failures)
    {
        _isRefused = true;
        Log.Refused(logger, string.Join(' ', failures));
    }

    // By the whole path of each setting.
    private Dictionary<string, string?> Read()
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var section in _sections)
        {
            foreach (var (key, value) in section.Settings)
            {
                settings[key] = value;
            }
        }

        return settings;
    }

    private static List<string> Changes(Dictionary<string, string?> before, Dictionary<string, string?> now, Func<string, bool> isMeant) =>
    [
        .. before.Keys.Union(now.Keys, StringComparer.OrdinalIgnoreCase).Where(isMeant)
            .Where(key => before.ContainsKey(key) != now.ContainsKey(key) || before.GetValueOrDefault(key) != now.GetValueOrDefault(key))
            .Order(StringComparer.OrdinalIgnoreCase),
    ];

    private bool IsPolicy(string key) => Array.Exists(_sections, s => s.IsPolicy(key));

    private static string Names(List<string> keys) =>
        string.Join(", ", keys.Take(Named)) + (keys.Count > Named ? $" and {keys.Count - Named} more" : "");

    private static partial class Log
    {
        [LoggerMessage(1320, LogLevel.Information, "The policies of the configuration have changed and hold from now on: {Settings}.")]
        public static partial void PoliciesChanged(ILogger logger, string settings);

        [LoggerMessage(1321, LogLevel.Error, "The configuration has changed and cannot be followed; the policies that it had before hold. {Errors}")]
        public static partial void Refused(ILogger logger, string errors);

        [LoggerMessage(1322, LogLevel.Warning, "The configuration has changed in what is read at the start alone, and holds after the next: {Settings}. Only policies (Policy, Services) are followed while the process runs.")]
        public static partial void RestartNeeded(ILogger logger, string settings);
    }
}
