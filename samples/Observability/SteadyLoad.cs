namespace Observability;

/// <summary>Asks the service fifty times a second, whatever becomes of it.</summary>
internal sealed class SteadyLoad(IHttpClientFactory clients) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var client = clients.CreateClient();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            _ = AskAsync(client, stoppingToken);
        }
    }

    private static async Task AskAsync(HttpClient client, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await client.GetAsync("http://orders.sales/items", cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            // The metrics say so.
        }
    }
}
