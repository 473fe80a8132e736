// What the mesh tells Prometheus and Grafana: steady load over two clusters of which the near one fails now and then; /metrics shows what comes of it.
//   dotnet run --project samples/Observability -- --urls http://127.0.0.1:9464
// Import grafana-dashboard.json into Grafana, with a Prometheus that scrapes that address.
using Observability;

await using var shop = await Shop.StartAsync(args, TimeSpan.FromSeconds(20));
Console.WriteLine($"metrics: {shop.Address}metrics   Ctrl+C ends it");
await shop.WaitForShutdownAsync();
