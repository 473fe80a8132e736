using System.Diagnostics.Metrics;
using Mesh.Telemetry;
using Microsoft.Extensions.Logging;

namespace Mesh.Transport;

/// <summary>What every transport of a process has in common.</summary>
internal sealed record TransportContext(TimeProvider TimeProvider, IMeterFactory MeterFactory, ILogger Logger, ClientConditions Conditions);
