namespace Observability;

/// <summary>Lets an instance be well, fail, be well, and be gone, in turn.</summary>
internal sealed class Trouble(Instance instance, TimeSpan each) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await Task.Delay(each, TimeProvider.System, stoppingToken);
            instance.IsFailing = true;
            await Task.Delay(each, TimeProvider.System, stoppingToken);
            instance.IsFailing = false;
            await Task.Delay(each, TimeProvider.System, stoppingToken);
            await instance.StopAsync();
            await Task.Delay(each, TimeProvider.System, stoppingToken);
            await instance.RestartAsync();
        }
    }
}
