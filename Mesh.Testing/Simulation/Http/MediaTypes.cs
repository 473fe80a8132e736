using Microsoft.AspNetCore.Http;

namespace Mesh.Simulation;

/// <summary>Reads <c>Accept</c> and <c>Content-Type</c>. Tables and protobuf are not spoken; every client that asks for them takes JSON too.</summary>
internal static class MediaTypes
{
    public const string Json = "application/json";

    public const string Protobuf = "application/vnd.kubernetes.protobuf";

    /// <summary>What an <c>Accept</c> that wants the new form contains; the first version of it, v2beta1, is not spoken.</summary>
    public const string AggregatedDiscovery = "g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    public const string AggregatedDiscoveryType = Json + ";" + AggregatedDiscovery;

    public static Representation Negotiate(HttpRequest request)
    {
        var accept = request.Headers.Accept.ToString();
        if (accept.Length == 0) return Representation.Full;
        foreach (var part in accept.Split(','))
        {
            var parameters = part.Split(';', StringSplitOptions.TrimEntries);
            if (parameters[0] is not ("application/json" or "*/*" or "application/*")) continue;
            var form = Array.Find(parameters, static one => one.StartsWith("as=", StringComparison.Ordinal));
            switch (form)
            {
                case null:
                    return Representation.Full;
                case "as=PartialObjectMetadata":
                    return Representation.Metadata;
                case "as=PartialObjectMetadataList":
                    return Representation.MetadataList;
            }
        }

        throw new ApiException(new ApiStatus(406, "NotAcceptable", "406: Not Acceptable\n\nAvailable representations: application/json")
        {
            Details = new StatusDetails(),
        });
    }

    public static string Of(HttpRequest request)
    {
        var type = request.ContentType ?? "";
        var end = type.IndexOf(';', StringComparison.Ordinal);
        return (end < 0 ? type : type[..end]).Trim();
    }
}
