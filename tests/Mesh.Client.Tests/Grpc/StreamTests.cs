using Grpc.Core;
using Mesh.Backends;
using Mesh.Greeting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Mesh.Grpc;

/// <summary>Calls that answer at once and end much later.</summary>
public class StreamTests
{
    private static readonly GreetRequest Request = new() { Name = "x" };

    [Fact]
    public async Task Count_ProbeThatStreamsOn_TheEndpointIsBackWithItsHeaders()
    {
        var clock = new FakeTimeProvider();
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var fails = true;
        await using var near = await GreeterBackend.StartAsync("alpha", fail: () => Volatile.Read(ref fails) ? StatusCode.Unavailable : StatusCode.OK, hold: () => release.Task);
        await using var far = await GreeterBackend.StartAsync("beta");
        await using var mesh = await NearAndFar.StartAsync(
            near, far, clock, configure: static services => services.AddGrpcClient<Greeter.GreeterClient>(static o => o.Address = new Uri("http://orders.sales")));
        var client = mesh.Services.GetRequiredService<Greeter.GreeterClient>();
        for (var i = 0; i < 5; i++)
        {
            await Should.ThrowAsync<RpcException>(client.GreetAsync(Request, cancellationToken: Stop).ResponseAsync);
        }

        mesh.Explain(near.Port).Health.ShouldBe("ejected");
        Volatile.Write(ref fails, false);
        clock.Advance(TimeSpan.FromSeconds(5));

        using var call = client.Count(Request, cancellationToken: Stop);
        (await call.ResponseStream.MoveNext(Stop)).ShouldBeTrue();

        call.ResponseStream.Current.Text.ShouldBe("alpha");
        mesh.Explain(near.Port).Health.ShouldBe("healthy");
        mesh.Explain(near.Port).InFlight.ShouldBe(1);
        (await client.GreetAsync(Request, cancellationToken: Stop)).Text.ShouldBe("alpha");
        release.SetResult();
        (await call.ResponseStream.MoveNext(Stop)).ShouldBeTrue();
        (await call.ResponseStream.MoveNext(Stop)).ShouldBeFalse();
        mesh.Explain(near.Port).InFlight.ShouldBe(0);
    }
}
