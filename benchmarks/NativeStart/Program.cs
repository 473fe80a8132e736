// A host with one client of the factory, which sends one request to the port it is given as soon as the host has started.
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
#if WITH_MESH
using Mesh;
#endif

var port = int.Parse(args[0], CultureInfo.InvariantCulture);
var builder = Host.CreateEmptyApplicationBuilder(null);
builder.Services.AddHttpClient("client").RemoveAllLoggers();
builder.Services.AddLogging(static l => l.ClearProviders());
#if WITH_MESH
builder.Services.AddMeshRouting(mesh => mesh
    .RunsIn(cluster: "alpha")
    .AddMemory(m => m.Service("orders.sales", "alpha", s => s.Endpoint("127.0.0.1", port))));
var uri = "http://orders.sales/";
#else
var uri = $"http://127.0.0.1:{port}/";
#endif
using var host = builder.Build();
await host.StartAsync();
using (var response = await host.Services.GetRequiredService<IHttpClientFactory>().CreateClient("client").GetAsync(uri))
{
    response.EnsureSuccessStatusCode();
}

// What the parent waits for; the rest is information.
Console.WriteLine("answered");
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Environment.CpuUsage.TotalTime.TotalMilliseconds} {GC.GetTotalMemory(forceFullCollection: true)}"));
Environment.Exit(0);
