using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;

namespace Mesh.Connector;

/// <summary>The connectors of a process, as an application adds them, each with a sink that writes down.</summary>
internal sealed class TestMesh : IMeshBuilder, IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _running = [];
    private ServiceProvider? _provider;

    public TestMesh(TimeProvider? time = null)
    {
        Services = new ServiceCollection();
        if (time is not null) Services.AddSingleton(time);
        Services.AddLogging(l => l.AddProvider(new FakeLoggerProvider(Logs)));
    }

    public IServiceCollection Services { get; }

    public FakeLogCollector Logs { get; } = FakeLogCollector.Create(new FakeLogCollectorOptions());

    public ServiceProvider Provider => _provider ??= Services.BuildServiceProvider();

    public Dictionary<string, RecordingSink> Sinks { get; } = [];

    public RecordingSink this[string cluster] => Sinks[$"kubernetes/{cluster}"];

    /// <summary>The errors of every cluster's settings, as a host's start would report them.</summary>
    public string[] Validate(params string[] clusters)
    {
        var options = Provider.GetRequiredService<IOptionsMonitor<KubernetesClusterOptions>>();
        var errors = new List<string>();
        foreach (var cluster in clusters)
        {
            try
            {
                options.Get(cluster);
            }
            catch (OptionsValidationException e)
            {
                errors.AddRange(e.Failures);
            }
        }

        return [.. errors];
    }

    public TestMesh Start()
    {
        Provider.GetRequiredService<IStartupValidator>().Validate();
        foreach (var source in Provider.GetServices<ICatalogSource>())
        {
            var sink = Sinks[source.Name] = new RecordingSink();
            _running.Add(source.RunAsync(sink, _stop.Token));
        }

        return this;
    }

    /// <summary>Waits for a condition; a connector that ended by itself fails the test.</summary>
    public Task UntilAsync(Func<bool> condition, Func<string>? otherwise = null) => Until.TrueAsync(
        () => _running.Find(static r => r.IsCompleted) is { } ended ? throw new InvalidOperationException($"A connector ended: {ended.Exception}") : condition(),
        () => otherwise?.Invoke() + string.Join('\n', Sinks.Select(s => $"{s.Key}: {string.Join(", ", s.Value.Calls)}; {s.Value.Failure}")));

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        foreach (var run in _running) await Should.ThrowAsync<OperationCanceledException>(run.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System));
        _running.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
        if (_provider is not null) await _provider.DisposeAsync();
    }
}
