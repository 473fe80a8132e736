using System.Buffers.Text;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Mesh.Decoding;

/// <content>Field numbers: <c>Endpoint</c>, <c>EndpointConditions</c>, <c>EndpointHints</c> (k8s.io/api, discovery/v1/generated.proto), <c>ObjectReference</c> (core/v1).</content>
internal sealed partial class SliceEndpointDecoder
{
    // Here and in what it calls for each endpoint: a process that starts reads a whole cluster before the runtime has compiled anything well.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public SliceEndpoint Decode(ReadOnlySpan<byte> message)
    {
        var endpoint = new SliceEndpoint { Conditions = Conditions(null, null, null), ZoneHints = [], NodeHints = [] };
        var hasAddress = false;
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1 when !hasAddress:
                    hasAddress = true;
                    Address(ref reader, ref endpoint);
                    break;
                case 2:
                    endpoint.Conditions = Conditions(reader.Bytes);
                    break;
                case 4:
                    endpoint.TargetUid = TargetUid(reader.Bytes);
                    break;
                case 6:
                    endpoint.Node = reader.Pooled(pool);
                    break;
                case 7:
                    endpoint.Zone = reader.Pooled(pool);
                    break;
                case 8:
                    Hints(reader.Bytes, ref endpoint);
                    break;
            }
        }

        return endpoint;
    }

    private static void Address(ref ProtobufReader reader, ref SliceEndpoint endpoint)
    {
        if (IPv4Text.TryParse(reader.Bytes, out var bits))
        {
            endpoint.Address = EndpointAddress.FromIPv4(bits);
            return;
        }

        var text = reader.String;
        if (!EndpointAddress.TryParse(text, out endpoint.Address)) endpoint.Malformed = text;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static EndpointConditions Conditions(ReadOnlySpan<byte> message)
    {
        bool? ready = null, serving = null, terminating = null;
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field == 1) ready = reader.Boolean;
            else if (reader.Field == 2) serving = reader.Boolean;
            else if (reader.Field == 3) terminating = reader.Boolean;
        }

        return Conditions(ready, serving, terminating);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Guid? TargetUid(ReadOnlySpan<byte> message)
    {
        Guid? uid = null;
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field == 4 && Utf8Parser.TryParse(reader.Bytes, out Guid value, out var length) && length == reader.Bytes.Length) uid = value;
        }

        return uid;
    }

    private void Hints(ReadOnlySpan<byte> message, ref SliceEndpoint endpoint)
    {
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field == 1) endpoint.ZoneHints = Named(endpoint.ZoneHints, reader.Bytes);
            else if (reader.Field == 2) endpoint.NodeHints = Named(endpoint.NodeHints, reader.Bytes);
        }
    }

    private ImmutableArray<string> Named(ImmutableArray<string> names, ReadOnlySpan<byte> message)
    {
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field == 1 && !reader.Bytes.IsEmpty) names = names.Add(reader.Pooled(pool));
        }

        return names;
    }
}
