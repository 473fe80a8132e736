using System.Security.Authentication;
using Mesh.Watch;

namespace Mesh.Connection;

/// <summary>
/// The connection of one connector: sends its requests, reads the configuration again after a refusal or where it has changed when something breaks, and asks after every
/// connect whether the same cluster still answers.
/// </summary>
internal sealed class ApiConnection(IConnectionSource source, IdentityReader identityReader, TimeSpan requestTimeout, TimeProvider timeProvider) : IWatchTransport, IDisposable
{
    private readonly SemaphoreSlim _opening = new(1);
    private readonly SemaphoreSlim _identifying = new(1);
    private volatile ApiClient? _client;
    private volatile bool _reopen;
    private volatile bool _suspect;
    private volatile bool _broke;
    private int _verified;
    private ClusterIdentity? _identity;

    /// <summary>The server's address; <c>(not configured)</c> before the first opening.</summary>
    public string Address => _client?.Address ?? "(not configured)";

    /// <summary>Connects and learns who the cluster is.</summary>
    /// <exception cref="WatchTransportException">It cannot be reached, or refuses.</exception>
    public async Task<ClusterIdentity> ConnectAsync(CancellationToken cancellationToken)
    {
        using var deadline = new ReadGuard(requestTimeout, timeProvider, cancellationToken);
        var renewed = false;
        while (true)
        {
            var client = await HoldAsync(deadline.Token).ConfigureAwait(false);
            try
            {
                _identity = await identityReader.ReadAsync((path, token) => SendAsync(client, path, "application/json", token), deadline.Token).ConfigureAwait(false);
                Volatile.Write(ref _verified, client.Connections);
                _suspect = false;
                return _identity;
            }
            catch (WatchTransportException e) when (e.Kind == WatchFailureKind.Unauthorized && !renewed && source.CanRenew)
            {
                renewed = true;
                await ReplaceAsync(client, deadline.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or HttpRequestException)
            {
                _broke = true;
                throw new WatchTransportException(WatchFailureKind.Unreachable, e.Message, e);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new WatchTransportException(WatchFailureKind.Unreachable, $"no answer within {requestTimeout.TotalSeconds:0.###} s");
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
            var response = await SendAsync(client, pathAndQuery, accept, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode != 200 || (!_suspect && client.Connections == Volatile.Read(ref _verified))) return response;
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
        if (source.CanRenew && refused is ApiResponse response) await ReplaceAsync(response.Client, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Says that something broke: whoever answers next is asked who it is, and the configuration is looked at before.</summary>
    public void Suspect()
    {
        _suspect = true;
        _broke = true;
    }

    public void Dispose()
    {
        Interlocked.Exchange(ref _client, null)?.Release();
        _opening.Dispose();
        _identifying.Dispose();
    }

    private async Task VerifyAsync(ApiClient client, CancellationToken cancellationToken)
    {
        await _identifying.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_suspect && client.Connections == Volatile.Read(ref _verified)) return;
            var now = await identityReader.ReadAsync((path, token) => SendAsync(client, path, "application/json", token), cancellationToken).ConfigureAwait(false);
            if (now.DiffersFrom(_identity)) throw new ClusterChangedException(now);
            Volatile.Write(ref _verified, client.Connections);
            _suspect = false;
        }
        finally
        {
            _identifying.Release();
        }
    }

    private async Task<ApiClient> HoldAsync(CancellationToken cancellationToken)
    {
        // The server may have moved: only the configuration says where to.
        if (_broke && _client is not null)
        {
            _broke = false;
            if (source.CanRenew && await Task.Run(source.HasChanged, cancellationToken).ConfigureAwait(false)) _reopen = true;
        }

        while (true)
        {
            if (_client is { } client && !_reopen && client.TryHold()) return client;
            await ReplaceAsync(_reopen ? _client : null, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Puts a newly configured client in the place of the one that failed, unless that was done meanwhile. The old one ends with its last request.</summary>
    private async Task ReplaceAsync(ApiClient? failed, CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_client is not null && !ReferenceEquals(_client, failed)) return;
            _reopen = false;
            var opened = await source.OpenAsync(cancellationToken).ConfigureAwait(false);
            _suspect = true;
            var old = _client;
            _client = opened;
            old?.Release();
        }
        catch (KubeconfigException e)
        {
            throw new WatchTransportException(WatchFailureKind.Configuration, e.Message, e);
        }
        finally
        {
            _opening.Release();
        }
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
            _broke = true;
            if (e is OperationCanceledException && cancellationToken.IsCancellationRequested) throw;
            throw Explained(e, client);
        }
    }

    private WatchTransportException Explained(Exception exception, ApiClient client)
    {
        _suspect = true;
        if (exception is HttpRequestException { InnerException: AuthenticationException tls })
        {
            // The authority may have been renewed in the kubeconfig.
            _reopen = source.CanRenew;
            return new WatchTransportException(WatchFailureKind.Certificate, client.CertificateRefusal ?? tls.Message, exception);
        }

        if (exception is IOException or UnauthorizedAccessException or k8s.Exceptions.KubeConfigException && exception is not HttpIOException)
        {
            return new WatchTransportException(WatchFailureKind.Configuration, $"the credentials cannot be read: {exception.Message}", exception);
        }

        return new WatchTransportException(WatchFailureKind.Unreachable, (exception.InnerException ?? exception).Message, exception);
    }
}
