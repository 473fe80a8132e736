using Microsoft.Extensions.Logging;

namespace Mesh;

/// <summary>A line that an app of a <see cref="MeshFixture"/> logged.</summary>
/// <param name="Level">How severe it is.</param>
/// <param name="Category">Who logged it.</param>
/// <param name="Event">Its event id.</param>
/// <param name="Message">What it says.</param>
/// <param name="Error">The exception that came with it, or <see langword="null"/>.</param>
public sealed record FixtureLogEntry(LogLevel Level, string Category, EventId Event, string Message, Exception? Error)
{
    /// <summary><c>Warning Mesh.Watch[3]: …</c></summary>
    public override string ToString() => $"{Level} {Category}[{Event.Id}]: {Message}";
}
