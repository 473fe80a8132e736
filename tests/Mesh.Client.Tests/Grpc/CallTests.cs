using Grpc.Core;
using Grpc.Net.Client;
using Mesh.Backends;
using Mesh.Greeting;
using Microsoft.Extensions.DependencyInjection;

namespace Mesh.Grpc;

/// <summary>gRPC through the mesh.</summary>
public class CallTests
{
    private static readonly GreetRequest Request = new() { Name = "x" };

    [Fact]
    public async Task Greet_ByTheFactory_IsServedByName()
    {
        await using var near = await GreeterBackend.StartAsync("alpha");
        await using var mesh = await StartAsync([near.Port]);

        (await Client(mesh).GreetAsync(Request, cancellationToken: Stop)).Text.ShouldBe("alpha");
        near.Requests.ShouldHaveSingleItem().ShouldBe("orders.sales/greeting.Greeter/Greet");
    }

    [Fact]
    public async Task Greet_ByABareChannel_IsServedByName()
    {
        await using var near = await GreeterBackend.StartAsync("alpha");
        await using var mesh = await StartAsync([near.Port]);
        using var channel = GrpcChannel.ForAddress("http://orders.sales", Options(mesh));

        (await new Greeter.GreeterClient(channel).GreetAsync(Request, cancellationToken: Stop)).Text.ShouldBe("alpha");
    }

    [Fact]
    public async Task BareChannel_ThatWouldResolveTheNameItself_IsRefusedByGrpcBecauseItCannotLookThroughTheFork()
    {
        await using var mesh = await StartAsync([]);

        Should.Throw<InvalidOperationException>(() => GrpcChannel.ForAddress("dns:///orders.sales:80", Options(mesh))).Message.ShouldContain("SocketsHttpHandler");
    }

    [Fact]
    public async Task Greet_EveryEndpointRefuses_IsUnavailable()
    {
        await using var mesh = await StartAsync([TestMesh.ClosedPort()], TestMesh.ClosedPort());

        var error = await Should.ThrowAsync<RpcException>(Client(mesh).GreetAsync(Request, cancellationToken: Stop).ResponseAsync);

        error.StatusCode.ShouldBe(StatusCode.Unavailable);
        error.Status.Detail.ShouldContain("orders.sales did not answer");
    }

    [Fact]
    public async Task Greet_NoEndpoint_IsUnavailable()
    {
        await using var mesh = await StartAsync([]);

        var error = await Should.ThrowAsync<RpcException>(Client(mesh).GreetAsync(Request, cancellationToken: Stop).ResponseAsync);

        error.StatusCode.ShouldBe(StatusCode.Unavailable);
        error.Status.Detail.ShouldContain("Service orders.sales has no usable endpoint");
    }

    [Fact]
    public async Task Count_UnavailableInTheTrailers_CountsAsFailureAndEjects()
    {
        await using var near = await GreeterBackend.StartAsync("alpha", fail: static () => StatusCode.Unavailable);
        await using var far = await GreeterBackend.StartAsync("beta");
        await using var mesh = await StartAsync([near.Port], far.Port);
        var client = Client(mesh);

        for (var i = 1; i <= 5; i++)
        {
            mesh.Explain(near.Port).Health.ShouldBe("healthy");
            (await Should.ThrowAsync<RpcException>(ReadAsync(client))).StatusCode.ShouldBe(StatusCode.Unavailable);
        }

        mesh.Explain(near.Port).Health.ShouldBe("ejected");
        mesh.Explain(near.Port).InFlight.ShouldBe(0);
        (await ReadAsync(client)).ShouldBe(["beta", "beta"]);
    }

    [Fact]
    public async Task Greet_UnavailableWithoutABody_CountsAsFailure()
    {
        await using var near = await GreeterBackend.StartAsync("alpha", fail: static () => StatusCode.Unavailable);
        await using var mesh = await StartAsync([near.Port]);

        (await Should.ThrowAsync<RpcException>(Client(mesh).GreetAsync(Request, cancellationToken: Stop).ResponseAsync)).StatusCode.ShouldBe(StatusCode.Unavailable);

        mesh.Explain(near.Port).Failures.ShouldBe(1);
        mesh.Explain(near.Port).InFlight.ShouldBe(0);
    }

    [Theory]
    [InlineData(StatusCode.NotFound)]
    [InlineData(StatusCode.Internal)]
    [InlineData(StatusCode.ResourceExhausted)]
    public async Task Count_OtherStatusInTheTrailers_IsNoFailureOfTheEndpoint(StatusCode status)
    {
        await using var near = await GreeterBackend.StartAsync("alpha", fail: () => status);
        await using var mesh = await StartAsync([near.Port]);
        var client = Client(mesh);

        for (var i = 0; i < 6; i++)
        {
            (await Should.ThrowAsync<RpcException>(ReadAsync(client))).StatusCode.ShouldBe(status);
        }

        mesh.Explain(near.Port).Failures.ShouldBe(0);
        mesh.Explain(near.Port).Health.ShouldBe("healthy");
    }

    [Fact]
    public async Task Count_CallerLeavesInTheMiddle_IsNoFailureAndReleasesTheEndpoint()
    {
        await using var near = await GreeterBackend.StartAsync("alpha");
        await using var mesh = await StartAsync([near.Port]);

        using (var call = Client(mesh).Count(Request, cancellationToken: Stop))
        {
            (await call.ResponseStream.MoveNext(Stop)).ShouldBeTrue();
        }

        await Eventually.BecomesTrue(() => mesh.Explain(near.Port).InFlight == 0, "the endpoint is released");
        mesh.Explain(near.Port).Failures.ShouldBe(0);
    }

    private static Task<TestMesh> StartAsync(int[] near, params int[] far) =>
        NearAndFar.StartAsync(near, far, configure: static services => services.AddGrpcClient<Greeter.GreeterClient>(static o => o.Address = new Uri("http://orders.sales")));

    private static GrpcChannelOptions Options(TestMesh mesh) => new()
    {
        HttpHandler = mesh.Services.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler("bare"),
        DisposeHttpClient = true,
        Credentials = ChannelCredentials.Insecure,
    };

    private static Greeter.GreeterClient Client(TestMesh mesh) => mesh.Services.GetRequiredService<Greeter.GreeterClient>();

    private static async Task<List<string>> ReadAsync(Greeter.GreeterClient client)
    {
        using var call = client.Count(Request, cancellationToken: Stop);
        var texts = new List<string>();
        await foreach (var reply in call.ResponseStream.ReadAllAsync(Stop))
        {
            texts.Add(reply.Text);
        }

        return texts;
    }
}
