using System.Diagnostics;

namespace Mesh.Telemetry;

/// <summary>One span per request to a service, around the spans of its tries; only while somebody listens.</summary>
internal static class RequestActivity
{
    private static readonly ActivitySource Source = new(MeshTelemetry.Name);

    public static bool IsListenedTo => Source.HasListeners();

    public static Activity? Start(ServiceName service)
    {
        var activity = Source.StartActivity("mesh.request", ActivityKind.Internal);
        activity?.SetTag("mesh.service", service.ToString());
        return activity;
    }

    public static void AddFailedTry(Activity activity, EndpointState endpoint, bool wasSent, DateTimeOffset now) => Add(activity, wasSent ? "mesh.retry" : "mesh.repick", endpoint, now);

    /// <summary>The endpoint is late, and another is asked as well.</summary>
    public static void AddHedge(Activity activity, EndpointState late, DateTimeOffset now) => Add(activity, "mesh.hedge", late, now);

    public static void End(Activity activity, int tries, Exception? failure)
    {
        activity.SetTag("mesh.tries", tries);

        if (failure is not null)
        {
            activity.SetStatus(ActivityStatusCode.Error, failure.Message);
        }

        activity.Dispose();
    }

    private static void Add(Activity activity, string name, EndpointState endpoint, DateTimeOffset now) =>
        activity.AddEvent(new ActivityEvent(
            name,
            now,
            new ActivityTagsCollection { ["mesh.cluster"] = endpoint.Cluster.Name, ["server.address"] = endpoint.Address.ToString(), ["server.port"] = endpoint.Port }));
}
