using System.Collections.Immutable;

namespace Mesh;

/// <summary>Which services the process uses. A look-up registers interest; it ends when the service is unused for a while.</summary>
public interface IServiceInterest
{
    /// <summary>The services in use now.</summary>
    ImmutableHashSet<ServiceName> Current { get; }

    /// <summary>Waits until <see cref="Current"/> is another set than <paramref name="known"/>, and returns it.</summary>
    ValueTask<ImmutableHashSet<ServiceName>> WaitForChangeAsync(ImmutableHashSet<ServiceName> known, CancellationToken cancellationToken);
}
