using Microsoft.Extensions.Diagnostics.HealthChecks;

// An application as its authors write it, whose clusters do not exist where its tests run.
var builder = WebApplication.CreateBuilder(args);
builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
{
    ["Mesh:Locality:Cluster"] = "alpha",
    ["Mesh:Locality:Zone"] = "eu-1",
    ["Mesh:Clusters:alpha:KubeconfigPath"] = "/nowhere/alpha.kubeconfig",
    ["Mesh:Clusters:alpha:Namespaces:0"] = "payments",
    ["Mesh:Clusters:beta:NoSuchSetting"] = "x",
    ["Mesh:Services:orders.sales:MaxRetries"] = "2",
});
builder.Services.AddMeshRouting(builder.Configuration.GetSection("Mesh"));
builder.Services.AddMeshRouting(mesh => mesh
    .AddKubernetesCluster("gamma", k => k.CertificateAuthority = "/nowhere/ca.crt")
    .AddKubernetesCluster("gamma")
    .AddFile("/nowhere/legacy.json"));
builder.Services.AddHealthChecks().AddMeshRouting();
var app = builder.Build();
app.MapGet("/orders/{id}", async (string id, IHttpClientFactory clients, CancellationToken cancellationToken) =>
{
    using var client = clients.CreateClient();
    return await client.GetStringAsync($"http://orders.sales/items/{id}", cancellationToken);
});
app.MapGet("/ready", async (HealthCheckService checks, CancellationToken cancellationToken) =>
    (await checks.CheckHealthAsync(cancellationToken)).Entries["mesh"].Status.ToString());
await app.RunAsync();
