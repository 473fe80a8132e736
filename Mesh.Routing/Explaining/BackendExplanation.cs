namespace Mesh;

/// <summary>An endpoint behind a gateway, which chooses among them.</summary>
/// <param name="Address">Where it listens, with the port, in its own network.</param>
/// <param name="Locality">Where it runs.</param>
/// <param name="IsCounted">Whether it is part of the gateway's weight: ready, or where none is, still serving on its way out.</param>
/// <param name="Weight">Its weight.</param>
public sealed record BackendExplanation(string Address, Locality Locality, bool IsCounted, int Weight);
