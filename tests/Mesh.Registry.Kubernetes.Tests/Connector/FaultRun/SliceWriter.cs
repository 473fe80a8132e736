using System.Collections.Concurrent;
using System.Net;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Mesh.FaultRuns;

/// <summary>
/// Writes Services and EndpointSlices at a steady rate, one after the other, and knows what it has made of each. A write that fails is tried again until the server has taken
/// it, so what it knows is what the server must have.
/// </summary>
internal sealed class SliceWriter : IAsyncDisposable
{
    public const string Namespace = "sales";

    private const int Services = 8;
    private const int SlicesPerService = 4;
    private const int FirstPort = 1000;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Random _random;
    private readonly Kubernetes _client;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Dictionary<string, int> _services = [];
    private readonly Dictionary<string, SliceState> _slices = [];
    private readonly Task _writing;
    private int _number;
    private int _writes;
    private int _retries;

    public SliceWriter(string kubeconfigPath, Random random)
    {
        _random = random;
        _client = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfigPath));
        _writing = WriteAsync();
    }

    /// <summary>Every state of a slice that was ever written, by its number; in it before the server sees it.</summary>
    public ConcurrentDictionary<int, SliceState> Written { get; } = new();

    /// <summary>How many writes the server has taken.</summary>
    public int Writes => Volatile.Read(ref _writes);

    /// <summary>How often a write had to be tried again.</summary>
    public int Retries => Volatile.Read(ref _retries);

    /// <summary>The last port that was given to a service; larger ones were never written.</summary>
    public int LastPort => FirstPort + Volatile.Read(ref _number);

    /// <summary>Waits until so many more writes were taken.</summary>
    public Task UntilAsync(int writes)
    {
        var goal = Writes + writes;
        return Until.TrueAsync(() => _writing.IsFaulted ? throw new InvalidOperationException("The writer failed.", _writing.Exception) : Writes >= goal, () => $"{Writes} writes of {goal}");
    }

    /// <summary>Lets what is being written arrive and writes nothing until the result is disposed.</summary>
    public async Task<IDisposable> PauseAsync()
    {
        await _turn.WaitAsync(TestContext.Current.CancellationToken);
        return new Pause(_turn);
    }

    /// <summary>What it has made of the namespace. Only while it pauses.</summary>
    public string Text() => ClusterText.OfWriter(_services.Select(static s => (s.Key, s.Value)), _slices.Values);

    /// <summary>What the server says it has.</summary>
    public Task<string> ServerTextAsync() => ClusterText.OfServerAsync(_client, Namespace, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _client.Dispose();
        _turn.Dispose();
        _stop.Dispose();
    }

    private async Task WriteAsync()
    {
        using var pace = new PeriodicTimer(Pace, TimeProvider.System);
        while (await pace.WaitForNextTickAsync(_stop.Token))
        {
            await _turn.WaitAsync(_stop.Token);
            try
            {
                await WriteOneAsync();
                Interlocked.Increment(ref _writes);
            }
            finally
            {
                _turn.Release();
            }
        }
    }

    private Task WriteOneAsync()
    {
        var service = $"s{_random.Next(Services)}";
        var slice = $"{service}-{_random.Next(SlicesPerService)}";
        return _random.Next(20) switch
        {
            0 => DeleteServiceAsync(service),
            <= 3 => PutServiceAsync(service),
            <= 6 => DeleteSliceAsync(slice),
            7 => RecreateSliceAsync(slice, service),

            // It moves to another service.
            8 => PutSliceAsync(slice, $"s{_random.Next(Services)}"),
            _ => PutSliceAsync(slice, _slices.GetValueOrDefault(slice)?.Service ?? service),
        };
    }

    private async Task PutServiceAsync(string name)
    {
        var port = FirstPort + Interlocked.Increment(ref _number);
        var body = new V1Service
        {
            Metadata = new V1ObjectMeta { Name = name },
            Spec = new V1ServiceSpec { ClusterIP = "None", Ports = [new V1ServicePort { Name = "http", Port = port }] },
        };
        await PutAsync(
            t => _client.CoreV1.ReplaceNamespacedServiceAsync(body, name, Namespace, cancellationToken: t),
            t => _client.CoreV1.CreateNamespacedServiceAsync(body, Namespace, cancellationToken: t));
        _services[name] = port;
    }

    private async Task DeleteServiceAsync(string name)
    {
        await DeleteAsync(t => _client.CoreV1.DeleteNamespacedServiceAsync(name, Namespace, cancellationToken: t));
        _services.Remove(name);
    }

    private async Task PutSliceAsync(string name, string service)
    {
        var state = SliceState.Make(Interlocked.Increment(ref _number), name, service, _random);
        Written[state.Number] = state;
        var body = state.ToObject();
        await PutAsync(
            t => _client.DiscoveryV1.ReplaceNamespacedEndpointSliceAsync(body, name, Namespace, cancellationToken: t),
            t => _client.DiscoveryV1.CreateNamespacedEndpointSliceAsync(body, Namespace, cancellationToken: t));
        _slices[name] = state;
    }

    private async Task DeleteSliceAsync(string name)
    {
        await DeleteAsync(t => _client.DiscoveryV1.DeleteNamespacedEndpointSliceAsync(name, Namespace, cancellationToken: t));
        _slices.Remove(name);
    }

    private async Task RecreateSliceAsync(string name, string service)
    {
        await DeleteSliceAsync(name);
        await PutSliceAsync(name, service);
    }

    private Task PutAsync(Func<CancellationToken, Task> replace, Func<CancellationToken, Task> create) => RetryAsync(async token =>
    {
        try
        {
            await replace(token);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.NotFound)
        {
            await create(token);
        }
    });

    private Task DeleteAsync(Func<CancellationToken, Task> delete) => RetryAsync(async token =>
    {
        try
        {
            await delete(token);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.NotFound)
        {
            // It is gone: before, or by a try whose answer was lost.
        }
    });

    private async Task RetryAsync(Func<CancellationToken, Task> write)
    {
        while (true)
        {
            try
            {
                using var bound = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                bound.CancelAfter(Patience);
                await write(bound.Token);
                return;
            }
            catch (Exception e) when (!_stop.IsCancellationRequested && IsOfTheServer(e))
            {
                Interlocked.Increment(ref _retries);
                await Task.Delay(Pace, TimeProvider.System, _stop.Token);
            }
        }
    }

    // What it says of the write itself, 422 above all, is a mistake of the test.
    private static bool IsOfTheServer(Exception exception) => exception is HttpRequestException or IOException or OperationCanceledException
        or HttpOperationException { Response.StatusCode: HttpStatusCode.Conflict or HttpStatusCode.TooManyRequests or HttpStatusCode.Forbidden or >= HttpStatusCode.InternalServerError };

    private sealed class Pause(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
