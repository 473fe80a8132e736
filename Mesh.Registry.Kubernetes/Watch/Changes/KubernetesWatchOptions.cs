using Mesh.Watch;

namespace Mesh;

/// <summary>What a <see cref="KubernetesWatch{T}"/> follows, and its limits.</summary>
public sealed class KubernetesWatchOptions
{
    /// <summary>The namespace. <value>Default: none, the whole cluster.</value></summary>
    public string? Namespace { get; init; }

    /// <summary>A label selector, such as <c>team=sales,tier!=test</c>. <value>Default: none.</value></summary>
    public string? LabelSelector { get; init; }

    /// <summary>A field selector, such as <c>metadata.name=orders</c>. <value>Default: none.</value></summary>
    public string? FieldSelector { get; init; }

    /// <summary>
    /// Whether the server may leave out everything but <c>metadata</c> (<c>PartialObjectMetadata</c>), where the decoder needs no more. A server that cannot sends whole objects.
    /// <value>Default: <see langword="false"/>.</value>
    /// </summary>
    public bool MetadataOnly { get; init; }

    /// <summary>How long the API server may take to begin an answer, and between two parts of a list. <value>Default: 30 s; 1 s to 10 min.</value></summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The largest object that is read, in bytes as it arrives; a larger one is skipped by name. <value>Default: 8 MiB; 1 KiB to 256 MiB.</value></summary>
    public int MaxObjectBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>How many objects are taken; where there are more the watch says so and stays with what it had. <value>Default: 200,000; 1 to 10,000,000.</value></summary>
    public int MaxObjects { get; init; } = WatchTimings.Default.MaxObjects;

    /// <summary>How many bytes of objects are taken in one list, as they arrive. <value>Default: 1 GiB; 1 MiB to 64 GiB.</value></summary>
    public long MaxListBytes { get; init; } = WatchTimings.Default.MaxListBytes;

    /// <summary>The clock of pauses and time-outs. <value>Default: the system's.</value></summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    internal void Validate()
    {
        if (Namespace is not null && !DnsLabel.IsValid(Namespace)) throw Wrong(nameof(Namespace), $"'{DnsLabel.Printable(Namespace)}' is no name of a namespace; leave it out for the whole cluster");
        if (RequestTimeout < TimeSpan.FromSeconds(1) || RequestTimeout > TimeSpan.FromMinutes(10)) throw Wrong(nameof(RequestTimeout), $"{RequestTimeout} is not within 1 s to 10 min");
        if (MaxObjectBytes is < 1024 or > 256 * 1024 * 1024) throw Wrong(nameof(MaxObjectBytes), $"{MaxObjectBytes} is not within 1 KiB to 256 MiB");
        if (MaxObjects is < 1 or > 10_000_000) throw Wrong(nameof(MaxObjects), $"{MaxObjects} is not within 1 to 10,000,000");
        if (MaxListBytes is < 1024 * 1024 or > 64L * 1024 * 1024 * 1024) throw Wrong(nameof(MaxListBytes), $"{MaxListBytes} is not within 1 MiB to 64 GiB");
        ArgumentNullException.ThrowIfNull(TimeProvider);
    }

    private static ArgumentException Wrong(string setting, string what) => new($"{nameof(KubernetesWatchOptions)}.{setting}: {what}.");
}
