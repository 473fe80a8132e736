using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Mesh.Benchmarks.Envoy;

/// <summary>A real Envoy on loopback: <c>MESH_TEST_ENVOY</c> names the program.</summary>
internal sealed class EnvoyProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly Process _process;
    private readonly DirectoryInfo _folder;
    private readonly HttpClient _admin = new();

    private EnvoyProcess(Process process, DirectoryInfo folder) => (_process, _folder) = (process, folder);

    /// <summary>Where its listener is.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1/");

    public string Version { get; private set; } = "";

    public static async Task<EnvoyProcess> StartAsync(string config, CancellationToken cancellationToken)
    {
        if (Environment.GetEnvironmentVariable("MESH_TEST_ENVOY") is not { Length: > 0 } program || !File.Exists(program))
        {
            throw new InvalidOperationException("There is no Envoy to compare with: name its program in MESH_TEST_ENVOY.");
        }

        var folder = Directory.CreateTempSubdirectory("mesh-envoy");
        var (file, admin) = (Path.Combine(folder.FullName, "envoy.yaml"), Path.Combine(folder.FullName, "admin"));
        await File.WriteAllTextAsync(file, config, cancellationToken);
        var process = Process.Start(new ProcessStartInfo(program)
        {
            ArgumentList = { "-c", file, "--use-dynamic-base-id", "--admin-address-path", admin, "--concurrency", "1", "--log-level", "error" },
        }) ?? throw new InvalidOperationException("Envoy did not start.");
        var envoy = new EnvoyProcess(process, folder);
        try
        {
            await envoy.UntilAsync("its admin port is known", () => Task.FromResult(File.Exists(admin) && new FileInfo(admin).Length > 0), cancellationToken);
            envoy._admin.BaseAddress = new Uri($"http://{await File.ReadAllTextAsync(admin, cancellationToken)}");
            await envoy.UntilAsync("it listens", async () => await envoy.FindAddressAsync(cancellationToken), cancellationToken);
            using var info = JsonDocument.Parse(await envoy._admin.GetStringAsync("server_info", cancellationToken));
            envoy.Version = info.RootElement.GetProperty("version").GetString()!.Split('/')[1];
            return envoy;
        }
        catch
        {
            await envoy.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until its health checks have found out who of a cluster's hosts is down.</summary>
    public Task SeesAsync(Service service, Host[] hosts, int[] ports, CancellationToken cancellationToken) => UntilAsync(
        $"its health checks of {service} have found out",
        async () =>
        {
            using var clusters = JsonDocument.Parse(await _admin.GetStringAsync("clusters?format=json", cancellationToken));
            var cluster = clusters.RootElement.GetProperty("cluster_statuses").EnumerateArray().Single(c => c.GetProperty("name").GetString() == service.ToString());
            var down = cluster.GetProperty("host_statuses").EnumerateArray().ToDictionary(
                static h => h.GetProperty("address").GetProperty("socket_address").GetProperty("port_value").GetInt32(),
                static h => h.GetProperty("health_status").TryGetProperty("failed_active_health_check", out var failed) && failed.GetBoolean());
            return hosts.Select((h, i) => down[ports[i]] == h.IsDown).All(static same => same);
        },
        cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        _admin.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task<bool> FindAddressAsync(CancellationToken cancellationToken)
    {
        using var ready = await _admin.GetAsync("ready", cancellationToken);
        if (!ready.IsSuccessStatusCode)
        {
            return false;
        }

        using var listeners = JsonDocument.Parse(await _admin.GetStringAsync("listeners?format=json", cancellationToken));
        if (!listeners.RootElement.TryGetProperty("listener_statuses", out var statuses))
        {
            return false;
        }

        var port = statuses[0].GetProperty("local_address").GetProperty("socket_address").GetProperty("port_value").GetInt32();
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));
        return true;
    }

    private async Task UntilAsync(string what, Func<Task<bool>> condition, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (_process.HasExited || TimeProvider.System.GetElapsedTime(started) > Patience)
            {
                throw new InvalidOperationException(_process.HasExited ? $"Envoy ended with {_process.ExitCode} before {what}." : $"Envoy was waited for in vain until {what}.");
            }

            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        }
    }
}
