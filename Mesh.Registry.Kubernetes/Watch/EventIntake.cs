using Mesh.Decoding;

namespace Mesh.Watch;

/// <summary>Takes the events of a watch to the consumer as they arrive.</summary>
internal sealed class EventIntake<T>(
    WatchTarget target, ResourceFormats<T> formats, IWatchConsumer<T> consumer, IWatchObserver observer, StateBudget budget, int maxObjectBytes, TimeProvider timeProvider)
    where T : IWatchedObject
{
    private string? _malformedAt;

    /// <summary>Takes what has arrived; returns what ends the stream, or <see langword="null"/>.</summary>
    /// <param name="open">The stream.</param>
    /// <param name="version">That of the last event or bookmark.</param>
    public WatchFailure? Take(OpenWatch open, ref string version)
    {
        var format = formats.Of(open.IsProtobuf);
        while (true)
        {
            switch (open.Reader.TryRead(out var value))
            {
                case ObjectRead.Incomplete:
                    return null;
                case ObjectRead.Broken:
                    return Failure(WatchFailureKind.Malformed, "the stream is malformed");
                case ObjectRead.TooLarge:
                    open.HasDelivered = true;
                    consumer.Skip(open.Reader.TooLarge, $"it is larger than {maxObjectBytes} bytes");
                    if (Exceeded(open, 0) is { } tooMany) return tooMany;
                    continue;
            }

            open.HasDelivered = true;
            if ((TakeEvent(open, format, value, ref version) ?? Exceeded(open, value.Length)) is { } failure) return failure;
        }
    }

    private WatchFailure? Exceeded(OpenWatch open, int bytes) =>
        (open.InInitialEvents ? budget.Take(bytes) : budget.Check(consumer.Count)) is { } exceeded ? Failure(WatchFailureKind.TooMany, exceeded) : null;

    private WatchFailure? TakeEvent(OpenWatch open, ResourceFormat<T> format, ReadOnlySpan<byte> value, ref string version)
    {
        WatchEvent<T> e;
        try
        {
            e = format.DecodeEvent(value);
        }
        catch (Exception exception) when (format.IsMalformed(exception))
        {
            // Bytes may have been lost on the way, other events with them: the server is asked once for everything from here again. Of a state that
            // arrives it would be asked for all.
            if (!open.InInitialEvents && _malformedAt != version)
            {
                _malformedAt = version;
                return Failure(WatchFailureKind.Malformed, Malformed.Text(exception)) with { IsOneEvent = true };
            }

            consumer.Skip(format.IdentityOfEvent(value), Malformed.Text(exception));
            return null;
        }

        if (e.Type == WatchEventType.Error)
        {
            observer.Event(target, e.Type);
            return WatchAnswer.Of(target, e.Status);
        }

        if (!open.InInitialEvents) return TakeChange(e, ref version);
        TakeInitial(open, e, ref version);
        return null;
    }

    private void TakeInitial(OpenWatch open, WatchEvent<T> e, ref string version)
    {
        switch (e.Type)
        {
            case WatchEventType.Added:
                open.LastAddedAt = timeProvider.GetTimestamp();
                consumer.InitApply(e.Item!);
                break;
            case WatchEventType.Modified:
                consumer.InitApply(e.Item!);
                break;
            case WatchEventType.Deleted:
                consumer.InitDelete(e.Item!);
                break;
            case WatchEventType.Bookmark when e.EndsInitialEvents:
                // Objects come in no order: only this version says up to where all of them are there.
                version = e.ResourceVersion!;
                open.InInitialEvents = false;
                consumer.InitDone();
                break;
        }
    }

    private WatchFailure? TakeChange(WatchEvent<T> e, ref string version)
    {
        observer.Event(target, e.Type);

        // A server whose store was set back says nothing of it, and leaves out what happens until it has caught up.
        if (e.ResourceVersion is { } next && ResourceVersions.IsOlder(next, version)) return Failure(WatchFailureKind.TooLarge, $"the server went back from version {version} to {next}");
        switch (e.Type)
        {
            case WatchEventType.Added or WatchEventType.Modified:
                consumer.Apply(e.Item!);
                break;
            case WatchEventType.Deleted:
                consumer.Delete(e.Item!);
                break;
        }

        if (e.ResourceVersion is { } newer) version = newer;
        return null;
    }

    private WatchFailure Failure(WatchFailureKind kind, string message) => new(kind, "watch", target, message);
}
