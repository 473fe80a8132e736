using System.Diagnostics;

namespace Mesh.Transport;

/// <summary>
/// Writes the trace context of each try into its request. The HTTP handler writes it where there is none, and takes its own out of a request that is sent again only where it follows redirects itself:
/// a second try, the mesh's or that of a handler outside, would tell the backend that it belongs to the first. What the caller has written stays.
/// </summary>
/// <param name="inner">What is written.</param>
internal sealed class TracePropagator(DistributedContextPropagator inner) : DistributedContextPropagator
{
    private static readonly HttpRequestOptionsKey<object> Written = new("Mesh.Transport.TraceWritten");

    public override IReadOnlyCollection<string> Fields => inner.Fields;

    public override void Inject(Activity? activity, object? carrier, PropagatorSetterCallback? setter)
    {
        if (carrier is HttpRequestMessage request)
        {
            if (request.Options.TryGetValue(Written, out _))
            {
                foreach (var field in inner.Fields)
                {
                    request.Headers.Remove(field);
                }
            }
            else if (!inner.Fields.Any(request.Headers.NonValidated.Contains))
            {
                request.Options.Set(Written, Written.Key);
            }
        }

        inner.Inject(activity, carrier, setter);
    }

    public override void ExtractTraceIdAndState(object? carrier, PropagatorGetterCallback? getter, out string? traceId, out string? traceState) =>
        inner.ExtractTraceIdAndState(carrier, getter, out traceId, out traceState);

    public override IEnumerable<KeyValuePair<string, string?>>? ExtractBaggage(object? carrier, PropagatorGetterCallback? getter) => inner.ExtractBaggage(carrier, getter);
}
