using System.Globalization;
using Mesh.Gateways;
using Mesh.Transport;

namespace Mesh.Probing;

/// <summary>Asks endpoints and gateways by HTTP: GET, and only 200 is well. Each has a connection for it that no request uses, which goes with the endpoint.</summary>
/// <param name="settings">The connection settings of all clients.</param>
/// <param name="context">What every transport has in common.</param>
/// <param name="gateways">The pools to gateways; <see langword="null"/> where the process has no identity: then none is picked.</param>
internal sealed class EndpointProber(TransportSettings settings, TransportContext context, GatewayPools? gateways) : IEndpointProber
{
    public async Task<string?> ProbeAsync(EndpointState endpoint, string? path, TimeSpan timeout, CancellationToken cancellationToken)
    {
        // The time of a connection is a part of the transport: one for each, where a policy changes it.
        var transport = (IProbeTransport)endpoint.GetOrAddTransport((this, timeout), Create);
        try
        {
            using var request = transport.CreateRequest(path);
            using var response = await transport.SendProbeAsync(request, cancellationToken).ConfigureAwait(false);
            return response.StatusCode == System.Net.HttpStatusCode.OK ? null : string.Create(CultureInfo.InvariantCulture, $"it answered {(int)response.StatusCode}, not 200");
        }
        catch (HttpRequestException e)
        {
            return (ConnectFailedException.Find(e) ?? e.InnerException ?? e).Message.TrimEnd('.');
        }
    }

    private IEndpointTransport Create(EndpointState endpoint, object key)
    {
        var own = settings.With((((EndpointProber, TimeSpan Timeout))key).Timeout);
        return endpoint.Reach == Reach.Gateway ? gateways!.CreateProbe(endpoint, own) : new EndpointProbe(endpoint, own, context);
    }
}
