using Mesh.Watch;

namespace Mesh.Connector;

/// <summary>Writes down in which format answers come.</summary>
internal sealed class FormatRecorder(IWatchTransport inner, Action<bool> record) : IWatchTransport
{
    public async Task<TransportResponse> GetAsync(string pathAndQuery, string accept, CancellationToken cancellationToken)
    {
        var response = await inner.GetAsync(pathAndQuery, accept, cancellationToken);
        if (response.StatusCode == 200) record(response.IsProtobuf);
        return response;
    }

    public Task RenewCredentialsAsync(TransportResponse refused, CancellationToken cancellationToken) => inner.RenewCredentialsAsync(refused, cancellationToken);
}
