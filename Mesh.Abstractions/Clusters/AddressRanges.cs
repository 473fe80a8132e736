using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Mesh;

/// <summary>Ranges of IP addresses. Equal by content.</summary>
/// <param name="Ranges">The ranges.</param>
public sealed record AddressRanges(ImmutableArray<IPNetwork> Ranges)
{
    /// <summary>Reads ranges such as <c>10.20.0.0/16</c> and <c>fd00:20::/48</c>; <see langword="false"/> where one is none.</summary>
    /// <param name="texts">The ranges as written.</param>
    /// <param name="ranges">The ranges.</param>
    /// <param name="wrong">Each that is no range; empty where all are.</param>
    public static bool TryParse(IEnumerable<string?> texts, [NotNullWhen(true)] out AddressRanges? ranges, out ImmutableArray<string> wrong)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var read = ImmutableArray.CreateBuilder<IPNetwork>();
        var unread = ImmutableArray.CreateBuilder<string>(0);
        foreach (var text in texts)
        {
            // Whoever writes 10.20.1.0/16 means something else than 10.20.0.0/16, which the framework makes of it.
            if (text is null || !IPNetwork.TryParse(text, out var range) || !IPAddress.TryParse(text.AsSpan(0, Math.Max(0, text.IndexOf('/', StringComparison.Ordinal))), out var written) || !written.Equals(range.BaseAddress))
            {
                unread.Add(text ?? "");
                continue;
            }

            read.Add(range);
        }

        wrong = unread.ToImmutable();
        ranges = wrong.IsEmpty ? new AddressRanges(read.ToImmutable()) : null;
        return ranges is not null;
    }

    /// <summary>Whether an address is in one of them; a DNS name is in none.</summary>
    public bool Contains(EndpointAddress address)
    {
        if (address.ToIPAddress() is not { } ip)
        {
            return false;
        }

        foreach (var range in Ranges)
        {
            if (range.Contains(ip))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Two ranges, one of each, that share addresses; <see langword="null"/> where there are none.</summary>
    public (IPNetwork Own, IPNetwork Other)? OverlapWith(AddressRanges other)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach (var own in Ranges)
        {
            foreach (var its in other.Ranges)
            {
                if (own.Contains(its.BaseAddress) || its.Contains(own.BaseAddress))
                {
                    return (own, its);
                }
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public bool Equals(AddressRanges? other) => ReferenceEquals(this, other) || (other is not null && Ranges.AsSpan().SequenceEqual(other.Ranges.AsSpan()));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Ranges.Length, Ranges.IsDefaultOrEmpty ? default : Ranges[0]);

    /// <summary><c>10.20.0.0/16, fd00:20::/48</c>.</summary>
    public override string ToString() => string.Join(", ", Ranges);
}
