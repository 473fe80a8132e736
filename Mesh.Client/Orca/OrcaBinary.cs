using System.Buffers.Binary;

namespace Mesh.Orca;

/// <summary>
/// Reads base64 of an <c>OrcaLoadReport</c>: only its four doubles, and past everything else, so that no protobuf library comes with it. Padding may be missing, as gRPC sends it.
/// </summary>
internal static class OrcaBinary
{
    private const int CpuUtilization = 1;
    private const int RpsFractional = 6;
    private const int Eps = 7;
    private const int ApplicationUtilization = 9;

    public static bool TryRead(ReadOnlySpan<char> base64, ref OrcaFields fields)
    {
        // Of several values of one header the first counts.
        var comma = base64.IndexOf(',');
        base64 = (comma < 0 ? base64 : base64[..comma]).Trim().TrimEnd('=');
        Span<char> padded = new char[(base64.Length + 3) & ~3];
        base64.CopyTo(padded);
        padded[base64.Length..].Fill('=');
        Span<byte> bytes = new byte[padded.Length / 4 * 3];
        return Convert.TryFromBase64Chars(padded, bytes, out var written) && TryRead(bytes[..written], ref fields);
    }

    private static bool TryRead(ReadOnlySpan<byte> message, ref OrcaFields fields)
    {
        while (!message.IsEmpty)
        {
            if (!TryReadVarint(ref message, out var tag))
            {
                return false;
            }

            switch (tag & 7)
            {
                case 0 when TryReadVarint(ref message, out _):
                    break;
                case 1 when message.Length >= sizeof(double):
                    Set(ref fields, tag >> 3, BinaryPrimitives.ReadDoubleLittleEndian(message));
                    message = message[sizeof(double)..];
                    break;
                case 2 when TryReadVarint(ref message, out var length) && length <= (ulong)message.Length:
                    message = message[(int)length..];
                    break;
                case 5 when message.Length >= sizeof(float):
                    message = message[sizeof(float)..];
                    break;
                default:
                    return false;
            }
        }

        return true;
    }

    private static void Set(ref OrcaFields fields, ulong field, double value)
    {
        switch (field)
        {
            case CpuUtilization:
                fields.Cpu = value;
                break;
            case ApplicationUtilization:
                fields.Application = value;
                break;
            case RpsFractional:
                fields.RequestsPerSecond = value;
                break;
            case Eps:
                fields.ErrorsPerSecond = value;
                break;
        }
    }

    private static bool TryReadVarint(ref ReadOnlySpan<byte> message, out ulong value)
    {
        value = 0;
        for (var i = 0; i < message.Length && i < 10; i++)
        {
            value |= (ulong)(message[i] & 0x7F) << (7 * i);
            if (message[i] < 0x80)
            {
                message = message[(i + 1)..];
                return true;
            }
        }

        return false;
    }
}
