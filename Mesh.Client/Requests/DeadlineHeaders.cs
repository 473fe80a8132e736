using System.Globalization;
using System.Net.Http.Headers;
using Mesh.Gateways;

namespace Mesh.Requests;

/// <summary>How long a request is waited for, as it stands in its headers: <c>grpc-timeout</c> (gRPC over HTTP/2) and <c>mesh-deadline</c> (docs/gateways.md).</summary>
internal static class DeadlineHeaders
{
    private const string GrpcTimeout = "grpc-timeout";

    // Longer ones are no limit that anybody waits for, and a timer could not hold them.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>What the caller of a request says that it waits for; <see cref="Timeout.InfiniteTimeSpan"/> where it says nothing that can be read, or more than a day.</summary>
    public static TimeSpan Read(HttpRequestMessage request)
    {
        var headers = request.Headers.NonValidated;
        var least = Timeout.InfiniteTimeSpan;
        if (headers.TryGetValues(WireHeaders.Deadline, out var deadline) && ulong.TryParse(deadline.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var ms) && ms <= Longest.TotalMilliseconds)
        {
            least = TimeSpan.FromMilliseconds(ms);
        }

        return headers.TryGetValues(GrpcTimeout, out var timeout) && ReadGrpc(timeout.ToString()) is { } time ? Shorter(least, time) : least;
    }

    /// <summary>The shorter of two limits.</summary>
    public static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one == Timeout.InfiniteTimeSpan || (other != Timeout.InfiniteTimeSpan && other < one) ? other : one;

    /// <summary>Tells the endpoint how long this try is waited for.</summary>
    public static void Write(HttpRequestMessage request, TimeSpan left)
    {
        if (request.Content is { } content && GrpcStatus.IsGrpc(content))
        {
            Set(request.Headers, GrpcTimeout, WriteGrpc(left));
        }
        else
        {
            Set(request.Headers, WireHeaders.Deadline, WriteMilliseconds(left));
        }
    }

    /// <summary>Milliseconds, begun ones counted.</summary>
    public static string WriteMilliseconds(TimeSpan left) => ((long)Math.Ceiling(left.TotalMilliseconds)).ToString(CultureInfo.InvariantCulture);

    /// <summary>What the request says now, to be put back when it has been sent.</summary>
    public static (string? Deadline, string? GrpcTimeout) Keep(HttpRequestMessage request) => (Get(request.Headers, WireHeaders.Deadline), Get(request.Headers, GrpcTimeout));

    /// <summary>Makes a request say again what it said when it came: it is its caller's.</summary>
    public static void Restore(HttpRequestMessage request, (string? Deadline, string? GrpcTimeout) kept)
    {
        Set(request.Headers, WireHeaders.Deadline, kept.Deadline);
        Set(request.Headers, GrpcTimeout, kept.GrpcTimeout);
    }

    /// <summary>A gRPC time: at most eight digits and a unit. Cut off, never rounded up, so that nobody is told to wait longer than the caller does.</summary>
    internal static string WriteGrpc(TimeSpan left)
    {
        var (value, unit) = left.Ticks switch
        {
            < TimeSpan.TicksPerMillisecond * 100 => (left.Ticks / TimeSpan.TicksPerMicrosecond, 'u'),
            < TimeSpan.TicksPerMillisecond * 100_000_000 => (left.Ticks / TimeSpan.TicksPerMillisecond, 'm'),
            _ => (left.Ticks / TimeSpan.TicksPerSecond, 'S'),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{value}{unit}");
    }

    /// <summary>Reads a gRPC time; <see langword="null"/> where it is none, or longer than a day.</summary>
    internal static TimeSpan? ReadGrpc(string text)
    {
        if (text.Length is < 2 or > 9 || !uint.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            return null;
        }

        var time = text[^1] switch
        {
            'H' => value <= Longest.TotalHours ? TimeSpan.FromHours(value) : (TimeSpan?)null,
            'M' => TimeSpan.FromMinutes(value),
            'S' => TimeSpan.FromSeconds(value),
            'm' => TimeSpan.FromMilliseconds(value),
            'u' => TimeSpan.FromMicroseconds(value),
            'n' => TimeSpan.FromTicks(value / TimeSpan.NanosecondsPerTick),
            _ => null,
        };
        return time <= Longest ? time : null;
    }

    private static string? Get(HttpRequestHeaders headers, string name) => headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;

    private static void Set(HttpRequestHeaders headers, string name, string? value)
    {
        headers.Remove(name);
        if (value is not null)
        {
            headers.TryAddWithoutValidation(name, value);
        }
    }
}
