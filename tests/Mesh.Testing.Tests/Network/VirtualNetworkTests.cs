using System.Net;
using System.Net.Sockets;

namespace Mesh.Network;

public sealed class VirtualNetworkTests : IAsyncLifetime
{
    private const int Bound = 60_000;

    private static readonly NetworkPlace AlphaN1 = new("alpha", "n1", "mesh");
    private static readonly NetworkPlace BetaN1 = new("beta", "n1", "mesh");
    private static readonly IPAddress OrdersIp = IPAddress.Parse("10.20.1.1");

    private readonly VirtualNetwork _network = new();
    private Backend _orders = null!;
    private Backend _stock = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _orders = await Backend.StartAsync(new BackendOptions { Identity = new(ServiceName.Parse("orders.sales"), "beta", "orders-1") }, Cancelled);
        _stock = await Backend.StartAsync(new BackendOptions { Identity = new(ServiceName.Parse("stock.sales"), "beta", "stock-1") }, Cancelled);
        Attach(_orders);
    }

    public async ValueTask DisposeAsync()
    {
        await _network.DisposeAsync();
        await _orders.DisposeAsync();
        await _stock.DisposeAsync();
    }

    [Fact(Timeout = Bound)]
    public async Task Dial_PodAddress_ReachesItsBackend()
    {
        using var client = Client();

        (await GetAsync(client)).ShouldBe("orders-1");
        (await GetAsync(client)).ShouldBe("orders-1");

        _network.Dials("mesh", OrdersIp).ShouldBe(1);
        _orders.Served.ShouldBe(2);
    }

    [Fact(Timeout = Bound)]
    public async Task Dial_LargeBodies_ArriveWhole()
    {
        var sent = new byte[3_000_000];
        new Random(3).NextBytes(sent);
        await using var echo = await Backend.StartAsync(
            new BackendOptions { Identity = _orders.Identity, Handler = context => context.Request.Body.CopyToAsync(context.Response.Body, Cancelled) }, Cancelled);
        Attach(echo);
        using var client = Client();

        using var response = await client.PostAsync(new Uri("/", UriKind.Relative), new ByteArrayContent(sent), Cancelled);

        (await response.Content.ReadAsByteArrayAsync(Cancelled)).AsSpan().SequenceEqual(sent).ShouldBeTrue();
    }

    [Fact(Timeout = Bound)]
    public async Task Dial_AddressNobodyHas_IsRefused()
    {
        using var client = Client("http://10.99.0.1:8080");

        (await Should.ThrowAsync<HttpRequestException>(() => GetAsync(client))).InnerException
            .ShouldBeOfType<SocketException>().SocketErrorCode.ShouldBe(SocketError.ConnectionRefused);
    }

    [Fact(Timeout = Bound)]
    public async Task Dial_AddressNobodyHas_HangsWhereToldTo()
    {
        _network.UnknownAddresses = SilentAddress.Hangs;
        using var patience = new CancellationTokenSource();

        var dial = _network.DialAsync(AlphaN1, "app", IPAddress.Parse("10.99.0.1"), 8080, patience.Token).AsTask();
        dial.IsCompleted.ShouldBeFalse();
        await patience.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(dial);
    }

    [Fact(Timeout = Bound)]
    public async Task Dial_PortThatThePodDoesNotHave_IsRefused()
    {
        using var client = Client("http://10.20.1.1:9090");

        await Should.ThrowAsync<HttpRequestException>(() => GetAsync(client));
        _orders.Arrived.ShouldBe(0);
    }

    [Fact(Timeout = Bound)]
    public async Task Dial_SameAddressInAnotherNetwork_IsAnotherPod()
    {
        _network.Attach(new NetworkPlace("gamma", "n1", "other"), OrdersIp, Ports(_stock));
        using var here = Client();
        using var there = Client(from: new NetworkPlace("gamma", "n1", "other"));

        (await GetAsync(here)).ShouldBe("orders-1");
        (await GetAsync(there)).ShouldBe("stock-1");
    }

    [Fact(Timeout = Bound)]
    public async Task Detach_ThenAttachAnother_TheAddressBelongsToTheNewPod()
    {
        using var first = Client();
        await GetAsync(first);
        await _orders.KillAsync();
        _network.Detach("mesh", OrdersIp);
        await Should.ThrowAsync<HttpRequestException>(() => GetAsync(first));

        Attach(_stock);

        (await GetAsync(first)).ShouldBe("stock-1");
    }

    [Fact(Timeout = Bound)]
    public async Task Detach_Silently_OpenConnectionsAndNewDialsHang()
    {
        using var client = Client();
        await GetAsync(client);
        _network.Detach("mesh", OrdersIp, SilentAddress.Hangs);
        await _orders.KillAsync();

        var kept = GetAsync(client);
        using var fresh = Client();
        var dialled = GetAsync(fresh);
        await UntilAsync(() => _network.Dials("mesh", OrdersIp) == 2);

        kept.IsCompleted.ShouldBeFalse();
        dialled.IsCompleted.ShouldBeFalse();
        client.CancelPendingRequests();
        fresh.CancelPendingRequests();
        await Should.ThrowAsync<OperationCanceledException>(kept);
        await Should.ThrowAsync<OperationCanceledException>(dialled);
    }

    [Fact(Timeout = Bound)]
    public async Task CutClusterLink_OneDirection_ResetsItsConnectionsAndLeavesTheOthers()
    {
        using var alpha = Client();
        using var beta = Client(from: BetaN1);
        await GetAsync(alpha);
        await GetAsync(beta);
        _orders.Faults.Hang();
        var lost = GetAsync(alpha);
        await UntilAsync(() => _orders.InFlight == 1);

        _network.Link("alpha", "beta").Cut();

        await Should.ThrowAsync<HttpRequestException>(lost);
        _orders.Faults.Clear();
        await Should.ThrowAsync<HttpRequestException>(() => GetAsync(alpha));
        (await GetAsync(beta)).ShouldBe("orders-1");
        _network.Link("alpha", "beta").Restore();
        (await GetAsync(alpha)).ShouldBe("orders-1");
    }

    [Fact(Timeout = Bound)]
    public async Task BlackHoleCallerLink_OnlyThatCallerIsCutOff()
    {
        using var first = Client(caller: "first");
        using var second = Client(caller: "second");
        await GetAsync(first);
        await GetAsync(second);

        _network.Link("first", BetaN1).BlackHole();
        var held = GetAsync(first);

        (await GetAsync(second)).ShouldBe("orders-1");
        held.IsCompleted.ShouldBeFalse();
        _network.Link("first", BetaN1).Restore();
        (await held).ShouldBe("orders-1");
    }

    [Fact(Timeout = Bound)]
    public async Task ResetPodLink_OpenConnectionsBreakAndNewOnesPass()
    {
        using var client = Client();
        _orders.Faults.Hang();
        var lost = GetAsync(client);
        await UntilAsync(() => _orders.InFlight == 1);

        _network.Link("mesh", OrdersIp).Reset();

        (await Should.ThrowAsync<HttpRequestException>(lost)).InnerException!.GetBaseException()
            .ShouldBeOfType<SocketException>().SocketErrorCode.ShouldBe(SocketError.ConnectionReset);
        _orders.Faults.Clear();
        (await GetAsync(client)).ShouldBe("orders-1");
    }

    [Fact(Timeout = Bound)]
    public async Task KilledBackend_CallerSeesAReset()
    {
        using var client = Client();
        _orders.Faults.Hang();
        var lost = GetAsync(client);
        await UntilAsync(() => _orders.InFlight == 1);

        await _orders.KillAsync();

        (await Should.ThrowAsync<HttpRequestException>(lost)).InnerException!.GetBaseException()
            .ShouldBeOfType<SocketException>().SocketErrorCode.ShouldBe(SocketError.ConnectionReset);
    }

    [Fact(Timeout = Bound)]
    public async Task ClientCloses_BackendSeesTheEnd()
    {
        var client = Client();
        await GetAsync(client);
        _orders.Connections.ShouldBe(1);

        client.Dispose();

        await UntilAsync(() => _orders.Connections == 0);
        await UntilAsync(() => _network.Link("alpha", "beta").Connections == 0);
    }

    [Fact(Timeout = Bound)]
    public async Task Dispose_EndsEveryConnection()
    {
        using var client = Client();
        _orders.Faults.Hang();
        var lost = GetAsync(client);
        await UntilAsync(() => _orders.InFlight == 1);

        await _network.DisposeAsync();

        await Should.ThrowAsync<HttpRequestException>(lost);
        await UntilAsync(() => _orders.Connections == 0);
    }

    private static Dictionary<int, IPEndPoint> Ports(Backend backend) => new() { [8080] = backend.EndPoint };

    private static async Task<string?> GetAsync(HttpClient client)
    {
        using var response = await client.GetAsync(new Uri("/", UriKind.Relative), Cancelled);
        return BackendIdentity.Read(response)?.Pod;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition()) await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancelled);
    }

    private void Attach(Backend backend) => _network.Attach(BetaN1, OrdersIp, Ports(backend));

    private HttpClient Client(string url = "http://10.20.1.1:8080", NetworkPlace? from = null, string caller = "app") => new(new SocketsHttpHandler
    {
        ConnectCallback = (context, cancellationToken) =>
            _network.DialAsync(from ?? AlphaN1, caller, IPAddress.Parse(context.DnsEndPoint.Host), context.DnsEndPoint.Port, cancellationToken),
    })
    { BaseAddress = new Uri(url) };
}
