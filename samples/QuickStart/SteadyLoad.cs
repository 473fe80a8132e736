using System.Threading.Channels;

namespace QuickStart;

/// <summary>Asks every service in turn, 150 requests a second, whatever becomes of the earlier ones.</summary>
internal sealed class SteadyLoad(HttpClient client, IReadOnlyList<string> services) : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1.0 / 50);

    private readonly Channel<Served> _answers = Channel.CreateUnbounded<Served>();
    private readonly CancellationTokenSource _end = new();
    private Task? _sending;

    public IReadOnlyList<string> Services => services;

    /// <summary>What became of the requests, in the order of their ends.</summary>
    public ChannelReader<Served> Answers => _answers.Reader;

    public void Start() => _sending ??= SendAsync();

    /// <summary>Sends no more, waits for every answer and closes <see cref="Answers"/>.</summary>
    public async Task EndAsync()
    {
        await _end.CancelAsync();
        await (_sending ?? Task.CompletedTask);
        _answers.Writer.TryComplete();
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _end.Dispose();
    }

    private async Task SendAsync()
    {
        var pending = new List<Task>();
        using var timer = new PeriodicTimer(Pause);
        try
        {
            while (await timer.WaitForNextTickAsync(_end.Token))
            {
                pending.RemoveAll(static request => request.IsCompletedSuccessfully);
                pending.AddRange(services.Select(AskAsync));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(pending);
        }
    }

    private async Task AskAsync(string service)
    {
        try
        {
            using var response = await client.GetAsync(new Uri($"http://{service}/"));
            _answers.Writer.TryWrite(Served.By(service, response));
        }
        catch (HttpRequestException e)
        {
            Console.Error.WriteLine($"{service}: {e.Message}");
            _answers.Writer.TryWrite(new Served(service, null));
        }
    }
}
