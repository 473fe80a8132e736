using System.Net.Http.Headers;

namespace Mesh.Orca;

/// <summary>
/// Finds what a backend says of its load with an answer (ORCA): the header <c>endpoint-load-metrics</c>, of gRPC <c>endpoint-load-metrics-bin</c> in the trailers. An answer without costs one look-up: for the binary
/// header on plain answers is looked now and then, and always once one of this client's backends has sent it.
/// </summary>
internal sealed class LoadHeaders
{
    private const string Text = "endpoint-load-metrics";
    private const string Binary = "endpoint-load-metrics-bin";
    private const int BinaryEvery = 16;

    private volatile bool _hasBinary;
    private int _answers;

    /// <summary>Hands on what an answer's headers say.</summary>
    public void Read(in EndpointLease lease, HttpHeaders headers)
    {
        if (headers.NonValidated.TryGetValues(Text, out var text))
        {
            if (OrcaReport.TryRead(text.ToString(), out var report))
            {
                lease.ReportLoad(report);
            }
        }
        else if (_hasBinary || _answers++ % BinaryEvery == 0)
        {
            // The count is a rough one: no answer waits for another to be counted.
            _hasBinary |= ReadBinary(lease, headers);
        }
    }

    /// <summary>Hands on what a gRPC call's trailers say; whether they say anything.</summary>
    public static bool ReadBinary(in EndpointLease lease, HttpHeaders headers)
    {
        if (!headers.NonValidated.TryGetValues(Binary, out var binary))
        {
            return false;
        }

        if (OrcaReport.TryReadBinary(binary.ToString(), out var report))
        {
            lease.ReportLoad(report);
        }

        return true;
    }
}
