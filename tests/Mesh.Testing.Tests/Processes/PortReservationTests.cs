using System.Net.Sockets;

namespace Mesh.Processes;

public sealed class PortReservationTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Port_HeldButNotListenedOn_IsRefused()
    {
        using var reservation = new PortReservation();

        (await Should.ThrowAsync<SocketException>(() => ConnectAsync(reservation))).SocketErrorCode.ShouldBe(SocketError.ConnectionRefused);
    }

    [Fact]
    public async Task Listen_AgainAndAgain_OnTheSamePort()
    {
        using var reservation = new PortReservation();

        for (var i = 0; i < 3; i++)
        {
            using var listener = reservation.Listen();
            await ConnectAsync(reservation);
        }
    }

    [Fact]
    public void ManyReservations_NeverShareAPort()
    {
        var reservations = Enumerable.Range(0, 200).Select(_ => new PortReservation()).ToArray();

        reservations.Select(reservation => reservation.Port).ShouldBeUnique();

        foreach (var reservation in reservations) reservation.Dispose();
    }

    private static async Task ConnectAsync(PortReservation reservation)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(reservation.EndPoint, Cancelled);
    }
}
