using System.Text.Json;
using Mesh.Decoding;

namespace Mesh.Watch;

/// <summary>
/// Lists and watches one type of resource, for ever. A state machine: <see cref="StepAsync"/> maps a state to the next one, and
/// <see cref="RunAsync"/> turns it. Rules from client-go's reflector and kube-rs' watcher; errors are waited out and never end it.
/// </summary>
internal sealed class ResourceWatcher<T>(
    WatchTarget target,
    IResourceDecoder<T> decoder,
    IWatchTransport transport,
    IWatchConsumer<T> consumer,
    IWatchObserver observer,
    WatchTimings timings,
    TimeProvider timeProvider,
    Random random)
    where T : IWatchedObject
{
    private readonly WatchBackoff _backoff = new(timeProvider, random);
    private RetryRules? _rules;
    private bool _listsInPages;
    private bool _renewed;
    private WatchFailure? _lastFailure;
    private string? _malformedAt;

    /// <summary>The version that the first list must not be older than; <see langword="null"/> = any, from the server's cache.</summary>
    public string? NotOlderThan { get; init; }

    private RetryRules Rules => _rules ??= new RetryRules(_backoff, timings);

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        WatchState state = NotOlderThan is { Length: > 0 } version ? new WatchState.Empty(version) : WatchState.Empty.First;
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                state = await StepAsync(state, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            if (state is WatchState.Following following) await following.Stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Does what the state asks for and returns the next state.</summary>
    public ValueTask<WatchState> StepAsync(WatchState state, CancellationToken cancellationToken) => state switch
    {
        WatchState.Empty empty => new(Begin(empty)),
        WatchState.Listing listing => ListAsync(listing, cancellationToken),
        WatchState.Watching watching => OpenAsync(watching, cancellationToken),
        WatchState.Following following => FollowAsync(following, cancellationToken),
        WatchState.Retrying retrying => WaitAsync(retrying, cancellationToken),
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "Not a state."),
    };

    private WatchState.Listing Begin(WatchState.Empty empty)
    {
        consumer.Init();
        observer.Listing(target, _lastFailure);

        // A page size at a given version would take the list off the watch cache and onto etcd, unless this server pages anyway.
        var limit = empty.Unpaged || (empty.ResourceVersion is not ("" or "0") && !_listsInPages) ? (int?)null : WatchRequest.PageSize;
        return new WatchState.Listing(empty.ResourceVersion, null, limit);
    }

    private async ValueTask<WatchState> ListAsync(WatchState.Listing listing, CancellationToken cancellationToken)
    {
        using var guard = new ReadGuard(timings.RequestTimeout, timeProvider, cancellationToken);
        try
        {
            guard.Restart();
            var response = await transport.GetAsync(WatchRequest.List(target, listing), WatchRequest.Accept(target, isList: true), guard.Token).ConfigureAwait(false);
            await using (response.ConfigureAwait(false))
            {
                if (response.StatusCode != 200)
                {
                    var failure = await WatchAnswer.ReadAsync("list", target, response, guard.Token).ConfigureAwait(false);
                    return await RenewAsync(response, failure, guard.Token).ConfigureAwait(false) ? listing : Failed(failure, f => Rules.AfterList(listing, f));
                }

                var metadata = await ReadPageAsync(response.Body, guard).ConfigureAwait(false);
                _renewed = false;
                Rules.Answered();
                if (metadata.Continue is { } next)
                {
                    _listsInPages |= listing.ResourceVersion == "0";
                    return listing with { Continue = next };
                }

                consumer.InitDone();
                consumer.Flush(timeProvider.GetTimestamp());
                observer.Reached(target, metadata.ResourceVersion);
                return new WatchState.Watching(metadata.ResourceVersion);
            }
        }
        catch (Exception e) when (FailureOf("list", e, cancellationToken) is { } failure)
        {
            return Failed(failure, f => Rules.AfterList(listing, f));
        }
    }

    private async ValueTask<ListMetadata> ReadPageAsync(Stream body, ReadGuard guard)
    {
        using var reader = new ListReader(body, timings.MaxObjectBytes);
        do
        {
            guard.Restart();
            TakeItems(reader);
        }
        while (await reader.FillAsync(guard.Token).ConfigureAwait(false));
        return reader.Metadata();
    }

    private void TakeItems(ListReader reader)
    {
        while (true)
        {
            switch (reader.TryRead(out var json))
            {
                case ObjectRead.Value:
                    Take(json);
                    break;
                case ObjectRead.TooLarge:
                    consumer.Skip(reader.TooLarge, TooLarge);
                    break;
                case ObjectRead.Broken:
                    throw new JsonException("The list is malformed.");
                default:
                    return;
            }
        }
    }

    private string TooLarge => $"it is larger than {timings.MaxObjectBytes} bytes";

    private void Take(ReadOnlySpan<byte> json)
    {
        T item;
        try
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            item = decoder.Decode(ref reader);
            if (reader.Read()) throw new JsonException("Something follows the object.");
        }
        catch (Exception e) when (JsonTokens.IsMalformed(e))
        {
            consumer.Skip(ObjectIdentity.Read(json), MalformedText(e));
            return;
        }

        consumer.InitApply(item);
    }

    private async ValueTask<WatchState> OpenAsync(WatchState.Watching watching, CancellationToken cancellationToken)
    {
        var seconds = _backoff.Seconds(timings.WatchTimeout);
        CancellationTokenSource? guard = null;
        TransportResponse? response = null;
        try
        {
            using (var opening = new ReadGuard(timings.RequestTimeout, timeProvider, cancellationToken))
            {
                opening.Restart();
                var query = WatchRequest.Watch(target, watching.ResourceVersion, seconds);
                response = await transport.GetAsync(query, WatchRequest.Accept(target, isList: false), opening.Token).ConfigureAwait(false);
                if (response.StatusCode != 200)
                {
                    var failure = await WatchAnswer.ReadAsync("watch", target, response, opening.Token).ConfigureAwait(false);
                    return await RenewAsync(response, failure, opening.Token).ConfigureAwait(false)
                        ? watching
                        : Failed(failure, f => Rules.AfterWatch(watching.ResourceVersion, f));
                }
            }

            _renewed = false;
            _lastFailure = null;
            Rules.Answered();
            _backoff.Healthy();
            guard = new CancellationTokenSource(TimeSpan.FromSeconds(seconds) + timings.IdleMargin, timeProvider);
            var open = new OpenWatch(response, new WatchReader(response.Body, timings.MaxObjectBytes), guard, timeProvider.GetTimestamp());
            response = null;
            observer.Opened(target);
            return new WatchState.Following(watching.ResourceVersion, open);
        }
        catch (Exception e) when (FailureOf("watch", e, cancellationToken) is { } failure)
        {
            return Failed(failure, f => Rules.AfterWatch(watching.ResourceVersion, f));
        }
        finally
        {
            if (response is not null) await response.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask<WatchState> FollowAsync(WatchState.Following following, CancellationToken cancellationToken)
    {
        var open = following.Stream;
        var keep = false;
        try
        {
            using var reading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, open.Deadline);
            if (!await open.Reader.FillAsync(reading.Token).ConfigureAwait(false)) return Ended(following);
            var arrivedAt = timeProvider.GetTimestamp();
            var failure = TakeEvents(open, following.ResourceVersion, out var version);
            consumer.Flush(arrivedAt);
            observer.Reached(target, version);
            if (failure is not null) return Failed(failure, f => Rules.AfterWatch(version, f));
            keep = true;
            return following with { ResourceVersion = version };
        }
        catch (OperationCanceledException) when (open.Deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            var failure = new WatchFailure(WatchFailureKind.Idle, "watch", target, "the server did not end the watch in time; the connection is taken for lost");
            return Failed(failure, f => Rules.AfterWatch(following.ResourceVersion, f));
        }
        catch (Exception e) when (FailureOf("watch", e, cancellationToken) is { } failure)
        {
            return Failed(failure, f => Rules.AfterWatch(following.ResourceVersion, f));
        }
        finally
        {
            if (!keep) await open.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Takes what has arrived; returns what ends the stream, or <see langword="null"/>.</summary>
    private WatchFailure? TakeEvents(OpenWatch open, string from, out string version)
    {
        version = from;
        while (true)
        {
            switch (open.Reader.TryRead(out var json))
            {
                case ObjectRead.Incomplete:
                    return null;
                case ObjectRead.Broken:
                    return new WatchFailure(WatchFailureKind.Malformed, "watch", target, "the stream is malformed");
                case ObjectRead.TooLarge:
                    open.HasDelivered = true;
                    consumer.Skip(open.Reader.TooLarge, TooLarge);
                    continue;
            }

            open.HasDelivered = true;
            if (TakeEvent(json, ref version) is { } failure) return failure;
        }
    }

    private WatchFailure? TakeEvent(ReadOnlySpan<byte> json, ref string version)
    {
        WatchEvent<T> e;
        try
        {
            e = WatchEventDecoder.Decode(json, decoder);
        }
        catch (JsonException exception)
        {
            // Bytes may have been lost on the way, other events with them: the server is asked once for everything from here again.
            if (_malformedAt != version)
            {
                _malformedAt = version;
                return new WatchFailure(WatchFailureKind.Malformed, "watch", target, MalformedText(exception)) { IsOneEvent = true };
            }

            consumer.Skip(ObjectIdentity.Read(json), MalformedText(exception));
            return null;
        }

        observer.Event(target, e.Type);
        switch (e.Type)
        {
            case WatchEventType.Added or WatchEventType.Modified:
                consumer.Apply(e.Item!);
                break;
            case WatchEventType.Deleted:
                consumer.Delete(e.Item!);
                break;
            case WatchEventType.Error:
                return WatchAnswer.Of(target, e.Status);
        }

        if (e.ResourceVersion is { } newer) version = newer;
        return null;
    }

    private WatchState Ended(WatchState.Following following)
    {
        var open = following.Stream;
        if (open.Reader.InObject)
        {
            var lost = new WatchFailure(WatchFailureKind.Unreachable, "watch", target, "the stream ended in the middle of an event");
            return Failed(lost, f => Rules.AfterWatch(following.ResourceVersion, f));
        }

        if (open.HasDelivered || timeProvider.GetElapsedTime(open.OpenedAt) >= timings.ShortestWatch) return new WatchState.Watching(following.ResourceVersion);
        var failure = new WatchFailure(WatchFailureKind.EndedAtOnce, "watch", target, "the watch ended at once, without an event");
        return Failed(failure, f => Rules.AfterWatch(following.ResourceVersion, f));
    }

    private async ValueTask<WatchState> WaitAsync(WatchState.Retrying retrying, CancellationToken cancellationToken)
    {
        await Task.Delay(retrying.Delay, timeProvider, cancellationToken).ConfigureAwait(false);

        // Each round may read the credentials again: somebody may have renewed them meanwhile.
        _renewed = false;
        return retrying.Next;
    }

    private async ValueTask<bool> RenewAsync(TransportResponse response, WatchFailure failure, CancellationToken cancellationToken)
    {
        if (failure.Kind != WatchFailureKind.Unauthorized || _renewed) return false;
        _renewed = true;
        await transport.RenewCredentialsAsync(response, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private WatchState Failed(WatchFailure failure, Func<WatchFailure, WatchState> after)
    {
        _lastFailure = failure;
        var next = after(failure);
        if (next is WatchState.Retrying { Resumes: true }) observer.Resuming(failure);
        else observer.Failed(failure);
        return next;
    }

    private WatchFailure? FailureOf(string verb, Exception exception, CancellationToken cancellationToken) => exception switch
    {
        OperationCanceledException when cancellationToken.IsCancellationRequested => null,
        OperationCanceledException => new WatchFailure(
            WatchFailureKind.Unreachable, verb, target, $"no answer within {timings.RequestTimeout.TotalSeconds:0.###} s"),
        WatchTransportException e => new WatchFailure(e.Kind, verb, target, e.Message),
        JsonException e => new WatchFailure(WatchFailureKind.Malformed, verb, target, MalformedText(e)),
        IOException or HttpRequestException or InvalidDataException => new WatchFailure(WatchFailureKind.Unreachable, verb, target, exception.Message),
        _ => null,
    };

    // The reader's own message may quote the data.
    private static string MalformedText(Exception exception) =>
        exception is JsonException { LineNumber: null, InnerException: null } ? exception.Message : "it is malformed JSON";
}
