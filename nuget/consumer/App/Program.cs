// A fresh application with nothing but the Mesh package: a backend on loopback, a catalog file that names it, one request by service name.
using Mesh;
using Microsoft.Extensions.DependencyInjection;

var backend = WebApplication.CreateSlimBuilder();
backend.WebHost.UseUrls("http://127.0.0.1:0");
backend.Logging.ClearProviders();
await using var server = backend.Build();
server.MapGet("/", (HttpRequest request) => $"served for {request.Host}");
await server.StartAsync();
var port = new Uri(server.Urls.Single()).Port;

var file = Path.GetTempFileName();
try
{
    await File.WriteAllTextAsync(file, $$"""
        { "services": { "orders.sales": { "ports": [ { "port": 80 } ], "endpoints": [ { "address": "127.0.0.1", "ports": { "": {{port}} } } ] } } }
        """);
    await using var mesh = await MeshRouting.StartAsync(m => m.Configure(o => o.Namespaces = ["sales"]).AddFile(file));
    using var client = mesh.CreateHttpClient();
    var answer = await client.GetStringAsync("http://orders.sales/");
    Console.WriteLine($"app: {answer}");
    return answer == "served for orders.sales" ? 0 : 1;
}
finally
{
    File.Delete(file);
}
