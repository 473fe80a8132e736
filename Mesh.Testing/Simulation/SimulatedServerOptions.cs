namespace Mesh;

/// <summary>How a simulated API server is made.</summary>
public sealed class SimulatedServerOptions
{
    /// <summary>The git version it reports. <value>Default: <c>v1.37.2</c>.</value></summary>
    public string Version { get; set; } = "v1.37.2";

    /// <summary>The loopback port that it listens on, 0 to 65535. <value>Default: 0, which lets the system choose.</value></summary>
    public int Port { get; set; }

    /// <summary>The clock: timestamps, watch time-outs, bookmarks, latency, certificates. <value>Default: the system's.</value></summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>Seeds what is drawn by lot (names made from <c>generateName</c>). <value>Default: 1.</value></summary>
    public int Seed { get; set; } = 1;

    /// <summary>How many changes are kept per type for watches and lists of the past, at least 16. <value>Default: 20,000.</value></summary>
    public int HistoryLimit { get; set; } = 20_000;

    /// <summary>
    /// Whether the types of the Multi-Cluster Services API are served from the start, as where their definitions are installed. <value>Default: true; else a test defines them.</value>
    /// </summary>
    public bool MultiClusterServices { get; set; } = true;
}
