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

    /// <summary>The clock of pauses and time-outs. <value>Default: the system's.</value></summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    internal void Validate()
    {
        if (Namespace is not null && !DnsLabel.IsValid(Namespace)) throw Wrong(nameof(Namespace), $"'{DnsLabel.Printable(Namespace)}' is no name of a namespace; leave it out for the whole cluster");
        if (RequestTimeout < TimeSpan.FromSeconds(1) || RequestTimeout > TimeSpan.FromMinutes(10)) throw Wrong(nameof(RequestTimeout), $"{RequestTimeout} is not within 1 s to 10 min");
        if (MaxObjectBytes is < 1024 or > 256 * 1024 * 1024) throw Wrong(nameof(MaxObjectBytes), $"{MaxObjectBytes} is not within 1 KiB to 256 MiB");
        ArgumentNullException.ThrowIfNull(TimeProvider);
    }

    private static ArgumentException Wrong(string setting, string what) => new($"{nameof(KubernetesWatchOptions)}.{setting}: {what}.");
}
