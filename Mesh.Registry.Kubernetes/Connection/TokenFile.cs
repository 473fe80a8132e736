using System.Net.Http.Headers;
using k8s.Authentication;

namespace Mesh.Connection;

/// <summary>
/// A bearer token in a file that somebody renews (a projected service account token): read again every minute. The last good read stays in use when
/// a read fails.
/// </summary>
internal sealed class TokenFile(string path, TimeProvider timeProvider) : ITokenProvider
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private volatile AuthenticationHeaderValue? _last;
    private long _readAt;

    public async Task<AuthenticationHeaderValue> GetAuthenticationHeaderAsync(CancellationToken cancellationToken)
    {
        if (_last is { } last && timeProvider.GetElapsedTime(Interlocked.Read(ref _readAt)) < Period) return last;
        try
        {
            var token = (await File.ReadAllTextAsync(path, cancellationToken).ConfigureAwait(false)).Trim();
            if (token.Length == 0) throw new IOException($"{path} is empty.");
            Interlocked.Exchange(ref _readAt, timeProvider.GetTimestamp());
            return _last = new AuthenticationHeaderValue("Bearer", token);
        }
        catch (Exception e) when ((e is IOException or UnauthorizedAccessException) && _last is not null)
        {
            return _last;
        }
    }
}
