using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;

namespace Mesh.Backends;

/// <summary>A real Envoy on loopback, where the machine has one: <c>MESH_TEST_ENVOY</c> names the program.</summary>
internal sealed class EnvoyProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly DirectoryInfo _folder;

    private EnvoyProcess(Process process, DirectoryInfo folder, int port) => (_process, _folder, Port) = (process, folder, port);

    public static string? Program => Environment.GetEnvironmentVariable("MESH_TEST_ENVOY") is { Length: > 0 } path && File.Exists(path) ? path : null;

    /// <summary>Where its only listener listens.</summary>
    public int Port { get; }

    /// <param name="config">Its static resources; listener and admin on port 0 of loopback.</param>
    public static async Task<EnvoyProcess> StartAsync(string config)
    {
        var folder = Directory.CreateTempSubdirectory("mesh-envoy");
        var (file, admin) = (Path.Combine(folder.FullName, "envoy.yaml"), Path.Combine(folder.FullName, "admin"));
        await File.WriteAllTextAsync(file, config, TestStop.Stop);
        var process = Process.Start(new ProcessStartInfo(Program!)
        {
            ArgumentList = { "-c", file, "--use-dynamic-base-id", "--admin-address-path", admin, "--concurrency", "1", "--log-level", "error", "--log-path", Path.Combine(folder.FullName, "log") },
        })!;
        var started = new EnvoyProcess(process, folder, 0);
        try
        {
            await Eventually.BecomesTrue(() => process.HasExited || (File.Exists(admin) && new FileInfo(admin).Length > 0), "Envoy's admin port is known");
            using var client = new HttpClient { BaseAddress = new Uri($"http://{await File.ReadAllTextAsync(admin, TestStop.Stop)}") };
            await Eventually.BecomesTrue(() => IsReady(client), "Envoy is ready");
            using var listeners = JsonDocument.Parse(await client.GetStringAsync("listeners?format=json", TestStop.Stop));
            var port = listeners.RootElement.GetProperty("listener_statuses")[0].GetProperty("local_address").GetProperty("socket_address").GetProperty("port_value").GetInt32();
            return new EnvoyProcess(process, folder, port);
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends one request with these header lines as they are, and returns the answer's body.</summary>
    public async Task<string> AskRawAsync(string path, params string[] lines)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(System.Net.IPAddress.Loopback, Port, TestStop.Stop);
        await using var stream = client.GetStream();
        await using var writer = new StreamWriter(stream) { NewLine = "\r\n" };
        await writer.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"GET {path} HTTP/1.1\r\nHost: envoy\r\nConnection: close\r\n{string.Concat(lines.Select(static l => l + "\r\n"))}\r\n"));
        await writer.FlushAsync(TestStop.Stop);
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync(TestStop.Stop);

        // The backends' bodies are a number; chunks are framed by lines.
        var body = answer[answer.IndexOf("\r\n\r\n", StringComparison.Ordinal)..].Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        return body.Length == 1 ? body[0] : body[1];
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static bool IsReady(HttpClient client)
    {
        try
        {
            using var response = client.GetAsync("ready").GetAwaiter().GetResult();
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
