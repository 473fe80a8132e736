using System.Security.Authentication;
using Microsoft.Extensions.Logging;

namespace Mesh.Gateways;

/// <summary>
/// The own identity as its files have it now. They are small and handshakes are rare, so whoever makes a connection compares what they hold, at most once a second: links, mounts and clocks of
/// file systems cannot hide a change.
/// </summary>
internal sealed partial class IdentityFiles(MeshIdentityOptions options, TimeProvider timeProvider, ILogger logger)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Dictionary<string, byte[]>? _contents;
    private MeshCredentials? _credentials;
    private long _lookedAt;
    private string? _told;

    public string TrustDomain => options.TrustDomain!;

    /// <summary>The last good state of the files.</summary>
    /// <exception cref="AuthenticationException">There was none so far; the message says what is wrong.</exception>
    public MeshCredentials Current
    {
        get
        {
            lock (_lock)
            {
                LookWhereDue(isDue: _credentials is null);
                return _credentials ?? throw new AuthenticationException($"the own identity cannot be used: {_told}");
            }
        }
    }

    /// <summary>Whether they could not be used when they were last looked at; then they are looked at again, so that it ends without a connection too.</summary>
    public bool IsUnusable
    {
        get
        {
            lock (_lock)
            {
                if (_told is not null)
                {
                    LookWhereDue(isDue: false);
                }

                return _told is not null;
            }
        }
    }

    private void LookWhereDue(bool isDue)
    {
        if (isDue || timeProvider.GetElapsedTime(_lookedAt) >= LookAgain)
        {
            Look();
            _lookedAt = timeProvider.GetTimestamp();
        }
    }

    private void Look()
    {
        var loader = new CredentialLoader(options);
        var contents = loader.ReadFiles();
        if (contents is not null && IsKnown(contents))
        {
            TellUsable();
            return;
        }

        if (contents is null || loader.Parse(contents) is not { } credentials)
        {
            var why = string.Join(' ', loader.Errors);
            if (_told != why)
            {
                _told = why;
                Log.Unusable(logger, why);
            }

            return;
        }

        if (_credentials is not null)
        {
            Log.Renewed(logger, credentials.Own.TargetCertificate.NotAfter.ToUniversalTime());
            _told = null;
        }

        TellUsable();
        _contents = contents;
        _credentials = credentials;
    }

    private void TellUsable()
    {
        if (_told is not null)
        {
            _told = null;
            Log.Usable(logger);
        }
    }

    private bool IsKnown(Dictionary<string, byte[]> contents) =>
        _contents is { } known && contents.All(c => known.TryGetValue(c.Key, out var content) && content.AsSpan().SequenceEqual(c.Value));

    private static partial class Log
    {
        [LoggerMessage(1314, LogLevel.Information, "The identity of this process has changed in its files: gateways are shown the new certificate, valid until {Until:u}, from the next connection on.")]
        public static partial void Renewed(ILogger logger, DateTime until);

        [LoggerMessage(1315, LogLevel.Warning, "The files of this process's identity cannot be used as they are now; what they held before stays in use. {Reasons}")]
        public static partial void Unusable(ILogger logger, string reasons);

        [LoggerMessage(1318, LogLevel.Information, "The files of this process's identity can be used again.")]
        public static partial void Usable(ILogger logger);
    }
}
