using System.Reflection;
using Mesh.Forking;
using Microsoft.Extensions.Logging;

namespace Mesh.Telemetry;

/// <summary>The ids of log events are what alerts are written against: unique, and never given to another event.</summary>
public class LogEventTests
{
    private const BindingFlags Any = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    [Fact]
    public void EventIds_OfTheClientAndWhatItStandsOn_AreUnique() =>
        Events(typeof(MeshRouting).Assembly, typeof(MeshRouter).Assembly, typeof(MeshCatalog).Assembly)
            .GroupBy(static e => e.Id).Where(static g => g.Count() > 1)
            .ShouldBeEmpty();

    [Fact]
    public void EventIds_OfTheClient_AreWhatTheyWere() =>
        Events(typeof(MeshPrimaryHandler).Assembly).Select(static e => $"{e.Id} {e.Name} {e.Level}").Order(StringComparer.Ordinal).ShouldBe(
        [
            "1300 SettingsDoNotApply Warning",
            "1301 Undecided Warning",
            "1302 Synced Information",
            "1303 NoSources Warning",
            "1304 NoSection Warning",
            "1305 NoOwnCluster Warning",
            "1306 NotForked Information",
            "1307 HedgeNotPicked Warning",
            "1310 Unreachable Warning",
            "1311 Reachable Information",
            "1312 Unreachable Warning",
            "1313 Reachable Information",
            "1314 Renewed Information",
            "1315 Unusable Warning",
            "1316 Gone Information",
            "1317 Gone Information",
            "1318 Usable Information",
            "1320 PoliciesChanged Information",
            "1321 Refused Error",
            "1322 RestartNeeded Warning",
        ]);

    private static List<(int Id, string Name, LogLevel Level)> Events(params Assembly[] assemblies)
    {
        var events =
            from assembly in assemblies
            from type in assembly.GetTypes()
            from method in type.GetMethods(Any | BindingFlags.DeclaredOnly)
            let attribute = method.GetCustomAttribute<LoggerMessageAttribute>()
            where attribute is not null
            select (attribute.EventId, attribute.EventName ?? method.Name, attribute.Level);
        var found = events.ToList();
        found.ShouldNotBeEmpty();
        return found;
    }
}
