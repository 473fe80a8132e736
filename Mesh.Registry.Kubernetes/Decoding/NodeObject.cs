using Mesh.Watch;

namespace Mesh.Decoding;

/// <summary>Where a Node is.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ResourceVersion">Its version.</param>
/// <param name="Region">Label <c>topology.kubernetes.io/region</c>, or <see langword="null"/>.</param>
/// <param name="Zone">Label <c>topology.kubernetes.io/zone</c>, or <see langword="null"/>.</param>
internal sealed record NodeObject(string Name, string ResourceVersion, string? Region, string? Zone) : IWatchedObject;
