using System.Security.Authentication;
using Mesh.Watch;

namespace Mesh.Connection;

/// <summary>
/// The connection of one connector: sends its requests, and asks after every connect whether the same cluster still answers. Where the configuration changes, the credentials are refused or
/// come to their end, it makes another connection, tries it, and only then drops the one in use; one that does not work is reported, and the one in use stays.
/// </summary>
/// <param name="source">Where the configuration comes from.</param>
/// <param name="identityReader">Asks who answers.</param>
/// <param name="requestTimeout">How long a try may take.</param>
/// <param name="timeProvider">The clock.</param>
/// <param name="random">Randomness; locked by those who use it.</param>
internal sealed class ApiConnection(IConnectionSource source, IdentityReader identityReader, TimeSpan requestTimeout, TimeProvider timeProvider, Random random) : IWatchTransport, IDisposable
{
    // What no notice was given of is found so: files of other hosts, links that lead elsewhere.
    private static readonly TimeSpan LookPeriod = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SettlePeriod = TimeSpan.FromMilliseconds(200);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly SemaphoreSlim _identifying = new(1);
    private volatile ApiClient? _client;
    private volatile bool _broke;
    private volatile bool _refused;
    private volatile TaskCompletionSource _noticed = NewNotice();
    private Task? _renewing;
    private Task? _following;
    private ClusterIdentity? _identity;

    /// <summary>Is told that a new connection was taken (<see langword="null"/>), or why it was not while the one in use works; the same reason as often as it is tried.</summary>
    public Action<ConnectionRefusal?>? Renewed { get; init; }

    /// <summary>The server's address; <c>(not configured)</c> before the first opening.</summary>
    public string Address => _client?.Address ?? "(not configured)";

    /// <summary>Connects and learns who the cluster is.</summary>
    /// <exception cref="WatchTransportException">It cannot be reached, or refuses.</exception>
    public async Task<ClusterIdentity> ConnectAsync(CancellationToken cancellationToken)
    {
        var renewed = false;
        while (true)
        {
            var client = await HoldAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                var doubts = client.Doubts;
                var identity = await IdentifyAsync(client, cancellationToken).ConfigureAwait(false);
                _identity = client.Identity = identity;
                client.LeadsElsewhere = false;
                client.Verified(doubts);
                Follow();
                return identity;
            }
            catch (WatchTransportException e) when (e.Kind == WatchFailureKind.Unauthorized && !renewed && source.CanRenew)
            {
                renewed = true;
                client.IsRefused = true;
                await RenewAsync(client, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                client.Release();
            }
        }
    }

    public async Task<TransportResponse> GetAsync(string pathAndQuery, string accept, CancellationToken cancellationToken)
    {
        var client = await HoldAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // What is asked for may name a version of the cluster before.
            if (client.LeadsElsewhere) throw new ClusterChangedException(client.Identity!);
            var response = await SendAsync(client, pathAndQuery, accept, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode == 200) client.IsRefused = false;
            if (response.StatusCode != 200 || client.IsVerified) return response;
            try
            {
                await VerifyAsync(client, cancellationToken).ConfigureAwait(false);
                return response;
            }
            catch
            {
                await response.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
        finally
        {
            client.Release();
        }
    }

    public async Task RenewCredentialsAsync(TransportResponse refused, CancellationToken cancellationToken)
    {
        if (!source.CanRenew || refused is not ApiResponse response) return;
        response.Client.IsRefused = true;
        await RenewAsync(response.Client, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Says that something broke: whoever answers next is asked who it is, and the configuration is looked at before.</summary>
    public void Suspect()
    {
        _client?.Doubt();
        _broke = true;
    }

    public void Dispose()
    {
        _ended.Cancel();
        lock (_lock)
        {
            _client?.Retire();
            _client = null;
        }

        _ended.Dispose();
        _identifying.Dispose();
    }

    private static TaskCompletionSource NewNotice() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task VerifyAsync(ApiClient client, CancellationToken cancellationToken)
    {
        await _identifying.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (client.IsVerified) return;
            var doubts = client.Doubts;
            var now = await identityReader.ReadAsync((path, token) => SendAsync(client, path, "application/json", token), cancellationToken).ConfigureAwait(false);
            if (now.DiffersFrom(_identity)) throw new ClusterChangedException(now);
            client.Verified(doubts);
        }
        finally
        {
            _identifying.Release();
        }
    }

    private async Task<ApiClient> HoldAsync(CancellationToken cancellationToken)
    {
        // The server may have moved: only the configuration says where to.
        if (_broke && _client is { } broken)
        {
            _broke = false;
            if (source.CanRenew && await Task.Run(source.HasChanged, cancellationToken).ConfigureAwait(false))
            {
                try
                {
                    await RenewAsync(broken, cancellationToken).ConfigureAwait(false);
                }
                catch (WatchTransportException) when (broken.Identity is not null)
                {
                    // It was reported, and what worked may work again.
                }
            }
        }

        while (true)
        {
            if (_client is { } client && client.TryHold()) return client;
            await RenewAsync(null, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Puts a newly configured client in the place of this one, unless that was done meanwhile. All who ask at the same time share one try.</summary>
    private async Task RenewAsync(ApiClient? former, CancellationToken cancellationToken)
    {
        Task renewing;
        lock (_lock)
        {
            if (_client is not null && !ReferenceEquals(_client, former)) return;
            if (_ended.IsCancellationRequested) throw new OperationCanceledException("The connection was ended.");
            if (_renewing is null)
            {
                var token = _ended.Token;
                _renewing = Task.Run(() => ReplaceAsync(token), CancellationToken.None);

                // Its failure is of those who wait for it, and they may all have left.
                _ = _renewing.ContinueWith(static t => t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            }

            renewing = _renewing;
        }

        await renewing.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task ReplaceAsync(CancellationToken cancellationToken)
    {
        ApiClient? made = null;
        var former = _client;
        try
        {
            try
            {
                made = await source.OpenAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (KubeconfigException e)
            {
                throw new WatchTransportException(WatchFailureKind.Configuration, e.Message, e);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // Of its words nobody knows whether they quote a secret.
                throw new WatchTransportException(WatchFailureKind.Configuration, $"its configuration cannot be used ({e.GetType().Name})");
            }

            // A plugin may keep what it gave until its end: the same once more is no reason to begin anew.
            if (former is { IsRefused: false, ExpiresAt: { } end } && made.ExpiresAt == end && !_refused && IsDue(former))
            {
                made.Release();
                return;
            }

            if (former is { Identity: not null }) await TryAsync(made, former, cancellationToken).ConfigureAwait(false);
            lock (_lock)
            {
                cancellationToken.ThrowIfCancellationRequested();
                _client = made;
                _refused = false;
            }

            former?.Retire();
            if (former is { Identity: not null }) Renewed?.Invoke(null);
        }
        catch (Exception e)
        {
            if (made is not null && !ReferenceEquals(made, _client)) made.Release();
            if (e is WatchTransportException refusal && former is { Identity: not null })
            {
                _refused = true;

                // Where the one in use is refused too, those who use it say so.
                if (!former.IsRefused) Renewed?.Invoke(new ConnectionRefusal(refusal.Kind, made?.Address, refusal.Message));
            }

            throw;
        }
        finally
        {
            lock (_lock) _renewing = null;
        }
    }

    private async Task TryAsync(ApiClient made, ApiClient former, CancellationToken cancellationToken)
    {
        var doubts = made.Doubts;
        var identity = await IdentifyAsync(made, cancellationToken).ConfigureAwait(false);
        var before = former.Identity!;
        if (identity.Key is null && before.Key is not null && !former.IsRefused)
        {
            throw new WatchTransportException(WatchFailureKind.Forbidden, "its credentials may not even read who the cluster is, as those in use may (get on namespace kube-system)");
        }

        made.Identity = identity;

        // Where neither says who it is, another address counts as another cluster.
        made.LeadsElsewhere = identity.DiffersFrom(before) || (made.Address != former.Address && !identity.IsComparableTo(before));
        if (!made.LeadsElsewhere) made.Verified(doubts);
    }

    private async Task<ClusterIdentity> IdentifyAsync(ApiClient client, CancellationToken cancellationToken)
    {
        using var deadline = new ReadGuard(requestTimeout, timeProvider, cancellationToken);
        try
        {
            return await identityReader.ReadAsync((path, token) => SendAsync(client, path, "application/json", token), deadline.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            Broke(client);
            throw new WatchTransportException(WatchFailureKind.Unreachable, e.Message, e);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new WatchTransportException(WatchFailureKind.Unreachable, $"no answer within {requestTimeout.TotalSeconds:0.###} s");
        }
    }

    private void Follow()
    {
        lock (_lock)
        {
            if (source.CanRenew && !_ended.IsCancellationRequested) _following ??= FollowAsync(_ended.Token);
        }
    }

    /// <summary>Notices for as long as the connection lives that its configuration changes, or its credentials come to their end.</summary>
    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();
        var backoff = new WatchBackoff(timeProvider, random);
        using var notices = source.Notify(() => _noticed.TrySetResult());
        var pause = LookPeriod;
        while (!cancellationToken.IsCancellationRequested)
        {
            await PauseAsync(pause, cancellationToken).ConfigureAwait(false);
            if (cancellationToken.IsCancellationRequested) return;
            pause = LookPeriod;
            if (_client is not { } client) continue;
            try
            {
                if (_refused || IsDue(client) || await Task.Run(source.HasChanged, cancellationToken).ConfigureAwait(false)) await RenewAsync(client, cancellationToken).ConfigureAwait(false);
                backoff.Healthy();
            }
            catch (WatchTransportException)
            {
                // It was reported.
                pause = backoff.Next();
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Waits for a notice, until the credentials are due, or for this time.</summary>
    private async Task PauseAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        if (_client is { } client && ConnectionRenewal.DueAt(client) is { } due)
        {
            var left = due - timeProvider.GetUtcNow();
            if (left > TimeSpan.Zero && left < pause) pause = left;
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var noticed = _noticed.Task;
        var first = await Task.WhenAny(noticed, Task.Delay(pause, timeProvider, over.Token)).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        if (first != noticed) return;

        // Files are often written in several steps.
        _noticed = NewNotice();
        await Task.Delay(SettlePeriod, timeProvider, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private bool IsDue(ApiClient client) => ConnectionRenewal.DueAt(client) is { } due && timeProvider.GetUtcNow() >= due;

    private void Broke(ApiClient client)
    {
        client.Doubt();
        if (ReferenceEquals(client, _client)) _broke = true;
    }

    private async Task<TransportResponse> SendAsync(ApiClient client, string pathAndQuery, string accept, CancellationToken cancellationToken)
    {
        if (!client.TryHold()) throw new WatchTransportException(WatchFailureKind.Unreachable, "the connection was replaced");
        HttpResponseMessage? message = null;
        try
        {
            message = await client.GetAsync(pathAndQuery, accept, cancellationToken).ConfigureAwait(false);
            return new ApiResponse(client, message, await message.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), timeProvider.GetUtcNow());
        }
        catch (Exception e)
        {
            message?.Dispose();
            client.Release();
            Broke(client);
            if (e is OperationCanceledException && cancellationToken.IsCancellationRequested) throw;
            throw Explained(e, client);
        }
    }

    private static WatchTransportException Explained(Exception exception, ApiClient client)
    {
        if (exception is HttpRequestException { InnerException: AuthenticationException tls })
        {
            return new WatchTransportException(WatchFailureKind.Certificate, client.CertificateRefusal ?? tls.Message, exception);
        }

        if (exception is IOException or UnauthorizedAccessException or k8s.Exceptions.KubeConfigException && exception is not HttpIOException)
        {
            return new WatchTransportException(WatchFailureKind.Configuration, $"the credentials cannot be read: {exception.Message}", exception);
        }

        return new WatchTransportException(WatchFailureKind.Unreachable, (exception.InnerException ?? exception).Message, exception);
    }
}
