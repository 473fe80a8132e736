namespace Mesh.Orca;

/// <summary>The fields of a report that routing uses; NaN where they are not said.</summary>
internal struct OrcaFields
{
    public double Cpu;
    public double Application;
    public double RequestsPerSecond;
    public double ErrorsPerSecond;

    public static OrcaFields None => new() { Cpu = double.NaN, Application = double.NaN, RequestsPerSecond = double.NaN, ErrorsPerSecond = double.NaN };

    /// <summary>Sets a field by its name in the protocol or in JSON; other names are none of ours.</summary>
    public void Set(ReadOnlySpan<char> name, double value)
    {
        switch (name)
        {
            case "cpu_utilization" or "cpuUtilization":
                Cpu = value;
                break;
            case "application_utilization" or "applicationUtilization":
                Application = value;
                break;
            case "rps_fractional" or "rpsFractional":
                RequestsPerSecond = value;
                break;
            case "eps":
                ErrorsPerSecond = value;
                break;
        }
    }

    /// <summary>The report; none where no utilisation is an amount. The application's own comes before the processor's (gRFC A58), unless it is 0, which is how a protobuf says nothing.</summary>
    public readonly bool TryGetReport(out LoadReport report)
    {
        report = new LoadReport(Application > 0 && double.IsFinite(Application) ? Application : Cpu, RequestsPerSecond, ErrorsPerSecond);
        return report.Utilization >= 0 && double.IsFinite(report.Utilization);
    }
}
