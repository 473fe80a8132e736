// A reverse proxy (YARP) and a client with service discovery find a service by name, through the mesh. Two instances, in two clusters; the near one goes, and both follow.
//   dotnet run --project samples/Neighbours
using Mesh;
using Neighbours;

await using var near = await Instance.StartAsync("alpha");
await using var far = await Instance.StartAsync("beta");
var catalog = new MemoryCatalogSource()
    .Service("orders.sales", "alpha", s => s.Endpoint("127.0.0.1", near.Port))
    .Service("orders.sales", "beta", s => s.Endpoint("127.0.0.1", far.Port));

var builder = WebApplication.CreateSlimBuilder(args);
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Logging.SetMinimumLevel(LogLevel.Error);
builder.Services.AddMeshRouting(mesh => mesh.RunsIn(cluster: "alpha").Configure(o => o.Namespaces.Add("sales")).AddSource(_ => catalog));
builder.Services.AddServiceDiscovery().AddMeshServiceEndpointProvider();
builder.Services.AddReverseProxy().LoadFromMemory(Routes.All, Routes.Clusters).AddServiceDiscoveryDestinationResolver();

// For a client of the factory the mesh's own handler is better; this one does without, to show that the name alone suffices.
builder.Services.AddHttpClient("discovering").AddServiceDiscovery().ConfigureMeshRouting(p => p.Enabled = false);
await using var app = builder.Build();
app.MapReverseProxy();
await app.StartAsync();

using var visitor = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
using var client = app.Services.GetRequiredService<IHttpClientFactory>().CreateClient("discovering");
await TellAsync("alpha");

catalog.Remove(new ClusterId("alpha"), ServiceName.Parse("orders.sales"));
Console.WriteLine("alpha's instance is taken out of the catalog");
await TellAsync("beta");
return 0;

// Both are told of changes four times a second at most.
async Task TellAsync(string expected)
{
    string proxied, discovered;
    do
    {
        proxied = await visitor.GetStringAsync("/items");
        discovered = await client.GetStringAsync("http://orders.sales/items");
    }
    while ((proxied, discovered) != (expected, expected));

    Console.WriteLine($"  through YARP, whose destination is http://orders.sales: {proxied}");
    Console.WriteLine($"  through an HttpClient with service discovery:           {discovered}");
}
