using System.Buffers;

namespace Mesh.Simulation;

/// <summary>Writes stored objects as one version and form shows them: copies, nothing is built.</summary>
internal static class ObjectJson
{
    public static readonly byte[] PartialTypeFields = "\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/v1\","u8.ToArray();

    public static void Write(IBufferWriter<byte> output, ServedResource served, StoredObject stored, Representation representation)
    {
        output.Write("{"u8);
        if (representation == Representation.Full)
        {
            output.Write(served.TypeFields);
            output.Write(stored.Json.AsSpan(1));
            return;
        }

        output.Write(PartialTypeFields);
        output.Write("\"metadata\":"u8);
        output.Write(stored.Metadata);
        output.Write("}"u8);
    }
}
