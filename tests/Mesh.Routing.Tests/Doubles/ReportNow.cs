namespace Mesh.Doubles;

/// <summary>Reports what nobody picked, as of now.</summary>
internal static class ReportNow
{
    public static void Report(this EndpointState endpoint, in AttemptOutcome outcome) => endpoint.Report(endpoint.Generation, outcome);
}
