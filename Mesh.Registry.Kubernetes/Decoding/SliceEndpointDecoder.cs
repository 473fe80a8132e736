using System.Buffers.Text;
using System.Collections.Immutable;
using System.Text.Json;

namespace Mesh.Decoding;

/// <summary>Reads the endpoints of a slice.</summary>
internal sealed partial class SliceEndpointDecoder(StringPool pool)
{
    public SliceEndpoint Decode(ref Utf8JsonReader reader)
    {
        var endpoint = new SliceEndpoint { Conditions = Conditions(null, null, null), ZoneHints = [], NodeHints = [] };
        while (JsonTokens.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("addresses"u8)) Addresses(ref reader, ref endpoint);
            else if (reader.ValueTextEquals("conditions"u8)) endpoint.Conditions = Conditions(ref reader);
            else if (reader.ValueTextEquals("nodeName"u8)) endpoint.Node = JsonTokens.String(ref reader, pool);
            else if (reader.ValueTextEquals("zone"u8)) endpoint.Zone = JsonTokens.String(ref reader, pool);
            else if (reader.ValueTextEquals("targetRef"u8)) endpoint.TargetUid = TargetUid(ref reader);
            else if (reader.ValueTextEquals("hints"u8)) Hints(ref reader, ref endpoint);
            else JsonTokens.SkipValue(ref reader);
        }

        return endpoint;
    }

    private static void Addresses(ref Utf8JsonReader reader, ref SliceEndpoint endpoint)
    {
        if (!JsonTokens.EnterArray(ref reader)) return;
        var first = true;
        while (JsonTokens.NextString(ref reader))
        {
            if (!first) continue;
            first = false;
            if (!reader.ValueIsEscaped && IPv4Text.TryParse(reader.ValueSpan, out var bits))
            {
                endpoint.Address = EndpointAddress.FromIPv4(bits);
                continue;
            }

            var text = reader.GetString();
            if (!EndpointAddress.TryParse(text, out endpoint.Address)) endpoint.Malformed = text;
        }
    }

    // What is not said: ready, serving, not terminating.
    private static EndpointConditions Conditions(bool? ready, bool? serving, bool? terminating) =>
        (ready ?? true ? EndpointConditions.Ready : 0) | (serving ?? true ? EndpointConditions.Serving : 0) | (terminating ?? false ? EndpointConditions.Terminating : 0);

    private static EndpointConditions Conditions(ref Utf8JsonReader reader)
    {
        bool? ready = null, serving = null, terminating = null;
        if (JsonTokens.EnterObject(ref reader))
        {
            while (JsonTokens.NextProperty(ref reader))
            {
                if (reader.ValueTextEquals("ready"u8)) ready = JsonTokens.Boolean(ref reader);
                else if (reader.ValueTextEquals("serving"u8)) serving = JsonTokens.Boolean(ref reader);
                else if (reader.ValueTextEquals("terminating"u8)) terminating = JsonTokens.Boolean(ref reader);
                else JsonTokens.SkipValue(ref reader);
            }
        }

        return Conditions(ready, serving, terminating);
    }

    private static Guid? TargetUid(ref Utf8JsonReader reader)
    {
        if (!JsonTokens.EnterObject(ref reader)) return null;
        Guid? uid = null;
        while (JsonTokens.NextProperty(ref reader))
        {
            if (!reader.ValueTextEquals("uid"u8))
            {
                JsonTokens.SkipValue(ref reader);
            }
            else if (JsonTokens.EnterString(ref reader)
                && !reader.ValueIsEscaped
                && Utf8Parser.TryParse(reader.ValueSpan, out Guid value, out var length)
                && length == reader.ValueSpan.Length)
            {
                uid = value;
            }
        }

        return uid;
    }

    private void Hints(ref Utf8JsonReader reader, ref SliceEndpoint endpoint)
    {
        if (!JsonTokens.EnterObject(ref reader)) return;
        while (JsonTokens.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("forZones"u8)) endpoint.ZoneHints = Names(ref reader);
            else if (reader.ValueTextEquals("forNodes"u8)) endpoint.NodeHints = Names(ref reader);
            else JsonTokens.SkipValue(ref reader);
        }
    }

    private ImmutableArray<string> Names(ref Utf8JsonReader reader)
    {
        if (!JsonTokens.EnterArray(ref reader)) return [];
        ImmutableArray<string> names = [];
        while (JsonTokens.NextObject(ref reader))
        {
            while (JsonTokens.NextProperty(ref reader))
            {
                if (!reader.ValueTextEquals("name"u8)) JsonTokens.SkipValue(ref reader);
                else if (JsonTokens.String(ref reader, pool) is { Length: > 0 } name) names = names.Add(name);
            }
        }

        return names;
    }
}
