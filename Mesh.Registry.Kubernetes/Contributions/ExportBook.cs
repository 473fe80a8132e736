using Mesh.Decoding;

namespace Mesh.Contributions;

/// <summary>Which of a cluster's services others may use: all, or those that a ServiceExport names. Used under the join's lock.</summary>
internal sealed class ExportBook(ExportMode mode)
{
    private readonly Dictionary<ServiceName, ExportObject> _exports = [];

    /// <summary>Whether a ServiceExport must name them.</summary>
    public bool AreNamed => mode == ExportMode.Exported;

    public bool IsEmpty => _exports.Count == 0;

    /// <summary>Why ServiceExports cannot be read, in words for a service that is not exported; <see langword="null"/> where they can.</summary>
    public string? Obstacle { get; set; }

    public void Set(ServiceName service, ExportObject? export)
    {
        if (export is null) _exports.Remove(service);
        else _exports[service] = export;
    }

    /// <summary>The same contribution, with whether it is exported, since when, or why not.</summary>
    public ServiceContribution Mark(ServiceContribution contribution)
    {
        if (!AreNamed) return contribution;
        if (!_exports.TryGetValue(contribution.Service, out var export)) return contribution with { IsExported = false, ExportObstacle = Obstacle };
        return export.Refusal is { } refusal
            ? contribution with { IsExported = false, ExportObstacle = refusal }
            : contribution with { ExportedAt = export.CreatedAt };
    }
}
