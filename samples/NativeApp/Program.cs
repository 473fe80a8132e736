// The mesh in a natively compiled program: its settings from the section Mesh of appsettings.json, the near cluster's services from a catalog file, the far one's from memory.
//   dotnet publish samples/NativeApp -o DIR && DIR/NativeApp
using System.Diagnostics;
using Mesh;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NativeApp;

await using var near = new Backend("alpha");
await using var far = new Backend("beta");
var catalog = Path.GetTempFileName();
await File.WriteAllTextAsync(catalog, $$"""
    {
      "clusters": { "alpha": { "region": "eu", "zone": "eu-1" } },
      "services": { "orders.sales": [ "127.0.0.1:{{near.Port}}" ] }
    }
    """);
try
{
    var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { Args = args, ContentRootPath = AppContext.BaseDirectory });
    builder.Services.AddMeshRouting(builder.Configuration.GetSection("Mesh"))
        .AddFile(catalog)
        .AddMemory(m => m.Service("orders.sales", "beta", s => s.Endpoint("127.0.0.1", far.Port)));
    using var host = builder.Build();
    await host.StartAsync();
    using var client = host.Services.GetRequiredService<IHttpClientFactory>().CreateClient();

    var first = await client.GetStringAsync("http://orders.sales/");
    using var process = Process.GetCurrentProcess();
    Console.WriteLine($"http://orders.sales/ was answered by {first}, {(TimeProvider.System.GetLocalNow() - process.StartTime).TotalMilliseconds:0} ms after the start of the process");
    Console.WriteLine(host.Services.GetRequiredService<IMesh>().Explain("orders.sales"));

    await near.StopAsync();
    var second = await client.GetStringAsync("http://orders.sales/");
    Console.WriteLine($"alpha's backend was stopped: http://orders.sales/ was answered by {second}");

    await host.StopAsync();
    return (first, second) == ("alpha", "beta") ? 0 : 1;
}
finally
{
    File.Delete(catalog);
}
