using Microsoft.Extensions.Options;

namespace Mesh.Clients;

/// <summary>The ranges that <see cref="MeshTransportOptions"/> documents.</summary>
internal sealed class MeshTransportOptionsValidator : IValidateOptions<MeshTransportOptions>
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public ValidateOptionsResult Validate(string? name, MeshTransportOptions options)
    {
        var errors = Check(nameof(MeshTransportOptions), options);
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    public static IReadOnlyList<string> Check(string path, MeshTransportOptions options)
    {
        var errors = new SettingErrors(path);
        errors.CheckTime(nameof(options.PooledConnectionLifetime), options.PooledConnectionLifetime, Second, Day);
        errors.CheckTime(nameof(options.PooledConnectionIdleTimeout), options.PooledConnectionIdleTimeout, Second, Day);
        errors.CheckNumber(nameof(options.MaxConnectionsPerEndpoint), options.MaxConnectionsPerEndpoint, 1, int.MaxValue);
        if (options.KeepAlivePingDelay != Timeout.InfiniteTimeSpan)
        {
            errors.CheckTime(nameof(options.KeepAlivePingDelay), options.KeepAlivePingDelay, Second, Day);
        }

        return errors.Messages;
    }
}
