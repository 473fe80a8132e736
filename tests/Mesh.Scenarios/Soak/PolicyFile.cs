using System.Text.Json;
using System.Text.Json.Nodes;

namespace Mesh.Soak;

/// <summary>A catalog file that brings nothing but the services' policies, another one each time.</summary>
internal sealed class PolicyFile : IDisposable
{
    private static readonly string[] Algorithms = ["least-request", "round-robin", "random"];

    private readonly string _folder = Directory.CreateTempSubdirectory("mesh-soak-").FullName;
    private readonly Random _random;
    private readonly string[] _services;

    public PolicyFile(Random random, params string[] services)
    {
        (_random, _services) = (random, services);
        Write();
    }

    public string Path => System.IO.Path.Combine(_folder, "policies.json");

    public int Written { get; private set; }

    /// <summary>Replaces the file by one with other policies. Each lets a request try everybody before it is lost.</summary>
    public void Write()
    {
        var services = new JsonObject();
        foreach (var service in _services)
        {
            services[service] = new JsonObject { ["ports"] = new JsonArray(80), ["policy"] = Policy() };
        }

        var next = Path + ".new";
        File.WriteAllText(next, new JsonObject { ["clusters"] = new JsonObject { ["policies"] = new JsonObject() }, ["services"] = services }.ToJsonString(JsonSerializerOptions.Default));
        File.Move(next, Path, overwrite: true);
        Written++;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private JsonObject Policy()
    {
        var policy = new JsonObject
        {
            ["loadBalancing"] = Algorithms[_random.Next(Algorithms.Length)],
            ["zoneBeforeCluster"] = _random.Next(2) == 0,
            ["connectTimeout"] = $"{_random.Next(200, 1000)}ms",
            ["tryTimeout"] = $"{_random.Next(700, 2000)}ms",
            ["maxRetries"] = 10,
            ["retryBudgetRatio"] = 1,
            ["retryBudgetMinimum"] = 1000,
            ["consecutiveFailures"] = _random.Next(2, 8),
            ["ejectionTime"] = $"{_random.Next(200, 3000)}ms",
        };
        switch (_random.Next(3))
        {
            case 0:
                policy["mode"] = "Locality";
                break;
            case 1:
                policy["mode"] = "Failover";
                policy["targets"] = _random.Next(2) == 0 ? new JsonArray("beta", "gamma", "alpha") : new JsonArray("gamma", "alpha", "beta");
                break;
            default:
                policy["mode"] = "Failover";
                break;
        }

        return policy;
    }
}
