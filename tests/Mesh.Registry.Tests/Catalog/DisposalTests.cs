using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using static Mesh.Catalog.TestCatalog;

namespace Mesh.Catalog;

public class DisposalTests
{
    [Fact]
    public async Task Dispose_OfAServiceProviderThatIsNotAwaited_StopsTheSources()
    {
        var source = new EndingSource();
        using (var provider = Provider(source))
        {
            await provider.GetRequiredService<MeshCatalog>().StartAsync(TestContext.Current.CancellationToken);
            await source.Started;
        }

        source.HasEnded.ShouldBeTrue();
    }

    [Fact]
    public async Task DisposeAsync_OfAServiceProvider_StopsTheSources()
    {
        var source = new EndingSource();
        await using (var provider = Provider(source))
        {
            await provider.GetRequiredService<MeshCatalog>().StartAsync(TestContext.Current.CancellationToken);
            await source.Started;
        }

        source.HasEnded.ShouldBeTrue();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Dispose_BothWaysInEitherOrder_TheLastStateStaysReadable(bool synchronouslyFirst)
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);
        source.Sink.Upsert(Alpha, Service(Orders, "10.0.0.1"));

        for (var i = 0; i < 4; i++)
        {
            if (i % 2 == 0 == synchronouslyFirst)
            {
                test.Catalog.Dispose();
            }
            else
            {
                await test.Catalog.DisposeAsync();
            }
        }

        test.Endpoints(Orders).ShouldBe(["alpha 10.0.0.1"]);
        (await Should.ThrowAsync<InvalidOperationException>(() => test.Catalog.StartAsync(TestContext.Current.CancellationToken))).Message.ShouldContain("make a new one");
    }

    [Fact]
    public void Dispose_NeverStarted_DoesNothing()
    {
        using var provider = Provider(new EndingSource());
        provider.GetRequiredService<MeshCatalog>().IsSynced.ShouldBeFalse();
    }

    [Fact]
    public async Task Dispose_InsideASubscribersCall_Returns()
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);
        var disposed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var subscription = test.Cell(Orders).OnChange(_ =>
        {
            test.Catalog.Dispose();
            disposed.TrySetResult();
        });

        source.Sink.Upsert(Alpha, Service(Orders, "10.0.0.1"));

        await disposed.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task StopAsync_ASubscriberIsStuck_DoesNotWaitForIt()
    {
        var source = new HandSource();
        await using var test = await StartAsync(source);
        using var stuck = new ManualResetEventSlim();
        var called = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var subscription = test.Catalog.Subscribe(_ =>
        {
            called.TrySetResult();
            stuck.Wait(TestContext.Current.CancellationToken);
        });
        source.Sink.Upsert(Alpha, Service(Orders, "10.0.0.1"));
        await called.Task;

        await test.Catalog.StopAsync(TestContext.Current.CancellationToken);

        stuck.Set();
    }

    [Fact]
    public async Task StopAsync_ASourceDoesNotHeedIt_EndsWithTheCallersPatience()
    {
        var source = new HandSource { IsDeaf = true };
        await using var test = await StartAsync(source);

        await Should.ThrowAsync<OperationCanceledException>(() => test.Catalog.StopAsync(new CancellationToken(canceled: true)));

        source.End();
    }

    private static ServiceProvider Provider(ICatalogSource source)
    {
        var services = new ServiceCollection();
        services.AddSingleton(_ => new MeshCatalog([source], new MeshCatalogOptions(), TimeProvider.System, NullLoggerFactory.Instance));
        return services.BuildServiceProvider();
    }

    /// <summary>A source whose end takes a step after its cancellation, so that who does not wait is seen.</summary>
    private sealed class EndingSource : ICatalogSource
    {
        private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Name => "ending";

        public Task Started => _started.Task;

        public bool HasEnded { get; private set; }

        public async Task RunAsync(ICatalogSink sink, CancellationToken cancellationToken)
        {
            var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var registration = cancellationToken.UnsafeRegister(_ => cancelled.TrySetResult(), null);
            _started.TrySetResult();
            await cancelled.Task;
            for (var i = 0; i < 100; i++)
            {
                await Task.Yield();
            }

            HasEnded = true;
        }
    }
}
