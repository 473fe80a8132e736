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
    ServerFeatures features,
    WatchTimings timings,
    TimeProvider timeProvider,
    Random random)
    where T : IWatchedObject
{
    private readonly WatchBackoff _backoff = new(timeProvider, random);
    private readonly ResourceFormats<T> _formats = new(decoder);
    private readonly StateBudget _budget = new(timings);
    private ListIntake<T>? _items;
    private RetryRules? _rules;
    private EventIntake<T>? _events;
    private bool _listsInPages;
    private bool _listsOnly;
    private bool _renewed;
    private WatchFailure? _lastFailure;

    /// <summary>The version that the first list must not be older than; <see langword="null"/> = any, from the server's cache.</summary>
    public string? NotOlderThan { get; init; }

    private RetryRules Rules => _rules ??= new RetryRules(_backoff, timings);

    private EventIntake<T> Events => _events ??= new EventIntake<T>(target, _formats, consumer, observer, _budget, timings.MaxObjectBytes, timeProvider);

    private ListIntake<T> Items => _items ??= new ListIntake<T>(consumer, _budget, timings.MaxObjectBytes);

    private bool AsksForProtobuf => _formats.HasProtobuf && features.SpeaksProtobuf(target.Type);

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
            await state.LeaveAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Does what the state asks for and returns the next state.</summary>
    public ValueTask<WatchState> StepAsync(WatchState state, CancellationToken cancellationToken) => state switch
    {
        WatchState.Empty empty => new(Begin(empty)),
        WatchState.Listing listing => ListAsync(listing, cancellationToken),
        WatchState.Starting starting => StartAsync(starting, cancellationToken),
        WatchState.Streaming streaming => StreamAsync(streaming, cancellationToken),
        WatchState.Watching watching => OpenAsync(watching, cancellationToken),
        WatchState.Following following => FollowAsync(following, cancellationToken),
        WatchState.Retrying retrying => WaitAsync(retrying, cancellationToken),
        WatchState.Probing probing => ProbeAsync(probing, cancellationToken),
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "Not a state."),
    };

    private WatchState Begin(WatchState.Empty empty)
    {
        consumer.Init();
        _budget.Begin();
        observer.Listing(target, _lastFailure);
        return features.StreamsLists && !_listsOnly && empty is { Unpaged: false, ByList: false } ? new WatchState.Starting(empty.ResourceVersion) : FirstPage(empty);
    }

    private WatchState.Listing FirstPage(WatchState.Empty empty)
    {
        // A page size at a given version would take the list off the watch cache and onto etcd, unless this server pages anyway.
        var limit = empty.Unpaged || (empty.ResourceVersion is not ("" or "0") && !_listsInPages) ? (int?)null : WatchRequest.PageSize;
        return new WatchState.Listing(empty.ResourceVersion, null, limit);
    }

    private async ValueTask<WatchState> ListAsync(WatchState.Listing listing, CancellationToken cancellationToken)
    {
        using var guard = new ReadGuard(timings.RequestTimeout, timeProvider, cancellationToken);
        try
        {
            var response = await transport.GetAsync(WatchRequest.List(target, listing), WatchRequest.Accept(target, isList: true, AsksForProtobuf), guard.Token).ConfigureAwait(false);
            await using (response.ConfigureAwait(false))
            {
                if (response.StatusCode != 200)
                {
                    var failure = await WatchAnswer.ReadAsync("list", target, response, guard.Token).ConfigureAwait(false);
                    return await AsksDifferentlyAsync(response, failure, cancellationToken).ConfigureAwait(false) ? listing : Failed(failure, f => Rules.AfterList(listing, f));
                }

                var metadata = await Items.TakeAsync(_formats.Of(response.IsProtobuf), response.Body, guard).ConfigureAwait(false);
                Answered();
                if (metadata.Continue is { } next)
                {
                    if (next == listing.Continue) return Failed(Failure(WatchFailureKind.Malformed, "list", "a page leads to itself"), f => Rules.AfterList(listing, f));
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

    private async ValueTask<WatchState> StartAsync(WatchState.Starting starting, CancellationToken cancellationToken)
    {
        var seconds = _backoff.Seconds(timings.WatchTimeout);
        var (open, failure) = await OpenStreamAsync(WatchRequest.InitialWatch(target, starting.ResourceVersion, seconds), seconds, cancellationToken).ConfigureAwait(false);
        if (open is not null)
        {
            open.InInitialEvents = true;
            return new WatchState.Streaming(starting.ResourceVersion, open);
        }

        if (failure is null) return starting;
        if (!failure.RefusesStreamedList) return Failed(failure, f => AfterStream(starting.ResourceVersion, f));

        // Nothing is wrong with a server that cannot.
        features.RefusedStreamedLists();
        return FirstPage(new WatchState.Empty(starting.ResourceVersion));
    }

    private async ValueTask<WatchState> StreamAsync(WatchState.Streaming streaming, CancellationToken cancellationToken)
    {
        var open = streaming.Stream;
        var keep = false;
        try
        {
            var now = timeProvider.GetTimestamp();
            var silence = timings.RequestTimeout - timeProvider.GetElapsedTime(open.LastAddedAt, now);
            var rest = timings.InitialEventsTimeout - timeProvider.GetElapsedTime(open.OpenedAt, now);
            if (silence <= TimeSpan.Zero || rest <= TimeSpan.Zero) return Failed(NeverEnding(), f => AfterStream(streaming.ResourceVersion, f));
            using var deadline = new ReadGuard(silence < rest ? silence : rest, timeProvider, cancellationToken);
            if (!await open.Reader.FillAsync(deadline.Token).ConfigureAwait(false))
            {
                return Failed(Failure(WatchFailureKind.EndedAtOnce, "watch", "the stream ended before the state was complete"), f => AfterStream(streaming.ResourceVersion, f));
            }

            var version = streaming.ResourceVersion;
            var arrivedAt = timeProvider.GetTimestamp();
            var failure = Events.Take(open, ref version);
            if (open.InInitialEvents)
            {
                if (failure is not null) return Failed(failure, f => AfterStream(streaming.ResourceVersion, f));
                keep = true;
                return streaming;
            }

            Delivering();
            consumer.Flush(arrivedAt);
            observer.Reached(target, version);

            // Not sooner: a cluster that is called live shows what the server has.
            observer.Opened(target);
            if (failure is not null) return Failed(failure, f => Rules.AfterWatch(version, f));
            keep = true;
            return new WatchState.Following(version, open);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Failed(NeverEnding(), f => AfterStream(streaming.ResourceVersion, f));
        }
        catch (Exception e) when (FailureOf("watch", e, cancellationToken) is { } failure)
        {
            return Failed(failure, f => AfterStream(streaming.ResourceVersion, f));
        }
        finally
        {
            if (!keep) await open.DisposeAsync().ConfigureAwait(false);
        }
    }

    // The bookmark that ends the state may never come (kubernetes/kubernetes#139716).
    private WatchFailure NeverEnding() => Failure(WatchFailureKind.Idle, "watch", "the server did not say that its state is complete");

    private WatchState AfterStream(string resourceVersion, WatchFailure failure)
    {
        // It would fail so at each new beginning, and the time until then is lost.
        _listsOnly |= failure.Kind is WatchFailureKind.Idle or WatchFailureKind.EndedAtOnce or WatchFailureKind.Malformed;
        return Rules.AfterStream(resourceVersion, failure);
    }

    private async ValueTask<WatchState> OpenAsync(WatchState.Watching watching, CancellationToken cancellationToken)
    {
        var seconds = _backoff.Seconds(timings.WatchTimeout);
        var (open, failure) = await OpenStreamAsync(WatchRequest.Watch(target, watching.ResourceVersion, seconds), seconds, cancellationToken).ConfigureAwait(false);
        if (open is null) return failure is null ? watching : Failed(failure, f => Rules.AfterWatch(watching.ResourceVersion, f));
        Delivering();
        observer.Opened(target);
        return new WatchState.Following(watching.ResourceVersion, open);
    }

    /// <summary>Opens a watch; neither that nor a failure means that the same is to be tried at once, as something about the request was changed.</summary>
    private async ValueTask<(OpenWatch? Open, WatchFailure? Failure)> OpenStreamAsync(string query, int seconds, CancellationToken cancellationToken)
    {
        TransportResponse? response = null;
        try
        {
            using var opening = new ReadGuard(timings.RequestTimeout, timeProvider, cancellationToken);
            response = await transport.GetAsync(query, WatchRequest.Accept(target, isList: false, AsksForProtobuf), opening.Token).ConfigureAwait(false);
            if (response.StatusCode != 200)
            {
                var failure = await WatchAnswer.ReadAsync("watch", target, response, opening.Token).ConfigureAwait(false);
                return (null, await AsksDifferentlyAsync(response, failure, cancellationToken).ConfigureAwait(false) ? null : failure);
            }

            Answered();
            var reader = _formats.Of(response.IsProtobuf).OpenWatch(response.Body, timings.MaxObjectBytes);
            var guard = new CancellationTokenSource(TimeSpan.FromSeconds(seconds) + timings.IdleMargin, timeProvider);
            var open = new OpenWatch(response, reader, guard, timeProvider.GetTimestamp());
            response = null;
            return (open, null);
        }
        catch (Exception e) when (FailureOf("watch", e, cancellationToken) is { } failure)
        {
            return (null, failure);
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
            using var reading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, open.Deadline, open.Retired);

            // A stream that always has something at hand does not look at its token.
            reading.Token.ThrowIfCancellationRequested();
            if (!await open.Reader.FillAsync(reading.Token).ConfigureAwait(false)) return Ended(following);
            var version = following.ResourceVersion;
            var arrivedAt = timeProvider.GetTimestamp();
            var failure = Events.Take(open, ref version);
            consumer.Flush(arrivedAt);
            observer.Reached(target, version);
            if (failure is not null) return Failed(failure, f => Rules.AfterWatch(version, f));
            keep = true;
            return following with { ResourceVersion = version };
        }
        catch (OperationCanceledException) when (open.Retired.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // In the middle of an event too: the new watch brings it whole.
            return new WatchState.Watching(following.ResourceVersion);
        }
        catch (OperationCanceledException) when (open.Deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            var failure = Failure(WatchFailureKind.Idle, "watch", "the server did not end the watch in time; the connection is taken for lost");
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

    private WatchState Ended(WatchState.Following following)
    {
        var open = following.Stream;
        if (open.Reader.InObject)
        {
            return Failed(Failure(WatchFailureKind.Unreachable, "watch", "the stream ended in the middle of an event"), f => Rules.AfterWatch(following.ResourceVersion, f));
        }

        if (open.HasDelivered || timeProvider.GetElapsedTime(open.OpenedAt) >= timings.ShortestWatch) return new WatchState.Watching(following.ResourceVersion);
        return Failed(Failure(WatchFailureKind.EndedAtOnce, "watch", "the watch ended at once, without an event"), f => Rules.AfterWatch(following.ResourceVersion, f));
    }

    private async ValueTask<WatchState> ProbeAsync(WatchState.Probing probing, CancellationToken cancellationToken)
    {
        using var guard = new ReadGuard(timings.RequestTimeout, timeProvider, cancellationToken);
        try
        {
            var response = await transport.GetAsync(WatchRequest.Probe(target, probing.ResourceVersion), WatchRequest.Accept(target, isList: true, AsksForProtobuf), guard.Token)
                .ConfigureAwait(false);
            await using (response.ConfigureAwait(false))
            {
                if (response.StatusCode == 200)
                {
                    Answered();
                    return new WatchState.Watching(probing.ResourceVersion);
                }

                var failure = await WatchAnswer.ReadAsync("list", target, response, guard.Token).ConfigureAwait(false);
                return await AsksDifferentlyAsync(response, failure, cancellationToken).ConfigureAwait(false) ? probing : Failed(failure, f => Rules.AfterWatch(probing.ResourceVersion, f));
            }
        }
        catch (Exception e) when (FailureOf("list", e, cancellationToken) is { } failure)
        {
            return Failed(failure, f => Rules.AfterWatch(probing.ResourceVersion, f));
        }
    }

    private async ValueTask<WatchState> WaitAsync(WatchState.Retrying retrying, CancellationToken cancellationToken)
    {
        await Task.Delay(retrying.Delay, timeProvider, cancellationToken).ConfigureAwait(false);

        // Each round may read the credentials again: somebody may have renewed them meanwhile.
        _renewed = false;
        return RetryRules.AfterPause(retrying);
    }

    /// <summary>Whether the same is worth asking again at once: with credentials that were read anew, or in JSON.</summary>
    private async ValueTask<bool> AsksDifferentlyAsync(TransportResponse response, WatchFailure failure, CancellationToken cancellationToken)
    {
        if (failure.StatusCode is 406 or 415 && AsksForProtobuf)
        {
            features.RefusedProtobuf(target.Type);
            return true;
        }

        if (failure.Kind != WatchFailureKind.Unauthorized || _renewed) return false;
        _renewed = true;
        await transport.RenewCredentialsAsync(response, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private void Answered()
    {
        _renewed = false;
        Rules.Answered();
    }

    private void Delivering()
    {
        _lastFailure = null;
        _backoff.Healthy();
    }

    private WatchState Failed(WatchFailure failure, Func<WatchFailure, WatchState> after)
    {
        _lastFailure = failure;

        // What was taken of such a state is not kept until the next try.
        if (failure.Kind == WatchFailureKind.TooMany) consumer.Init();
        var next = after(failure);
        if (next is WatchState.Retrying { Resumes: true }) observer.Resuming(failure);
        else observer.Failed(failure);
        return next;
    }

    private WatchFailure Failure(WatchFailureKind kind, string verb, string message) => new(kind, verb, target, message);

    private WatchFailure? FailureOf(string verb, Exception exception, CancellationToken cancellationToken) => exception switch
    {
        OperationCanceledException when cancellationToken.IsCancellationRequested => null,
        OperationCanceledException => Failure(WatchFailureKind.Unreachable, verb, $"no answer within {timings.RequestTimeout.TotalSeconds:0.###} s"),
        WatchTransportException e => Failure(e.Kind, verb, e.Message),
        StateTooLargeException => Failure(WatchFailureKind.TooMany, verb, exception.Message),
        _ when Malformed.Is(exception) => Failure(WatchFailureKind.Malformed, verb, Malformed.Text(exception)),
        IOException or HttpRequestException or InvalidDataException => Failure(WatchFailureKind.Unreachable, verb, exception.Message),
        _ => null,
    };
}
