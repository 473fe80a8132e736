namespace Mesh.Simulation;

/// <summary>Something that a running watch is told to do.</summary>
internal sealed class WatchOrder(Func<WatchWriter, long, WatchAfter> perform)
{
    /// <summary>Look whether something changed; every order does that first.</summary>
    public static WatchOrder Look { get; } = new(static (_, _) => WatchAfter.GoOn);

    public static WatchOrder End { get; } = new(static (_, _) => WatchAfter.End);

    public static WatchOrder Cut { get; } = new(static (_, _) => WatchAfter.Cut);

    public static WatchOrder Bookmark { get; } = new(static (writer, revision) =>
    {
        writer.Bookmark(revision, initialEventsEnd: false);
        return WatchAfter.GoOn;
    });

    public static WatchOrder Expire { get; } = new(static (writer, revision) =>
    {
        writer.Error(Refuse.WatchExpired(revision, revision + 1));
        return WatchAfter.End;
    });

    public static WatchOrder Truncate { get; } = new(static (writer, _) =>
    {
        writer.Raw("{\"type\":\"ADDED\",\"object\":{\"kind\":\"Serv"u8);
        return WatchAfter.Cut;
    });

    public static WatchOrder Send(byte[] bytes) => new((writer, _) =>
    {
        writer.Raw(bytes);
        return WatchAfter.GoOn;
    });

    public WatchAfter Perform(WatchWriter writer, long revision) => perform(writer, revision);
}
