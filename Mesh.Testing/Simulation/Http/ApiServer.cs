using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Mesh.Simulation;

/// <summary>One request from beginning to end: who, what, may they, faults, then the verb.</summary>
internal sealed class ApiServer(IdentityStore identities, Authorizer authorizer, DiscoveryDocuments discovery, ResourceRequests resources, FaultPlan faults)
{
    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            await ServeAsync(context).ConfigureAwait(false);
        }
        catch (ApiException refused) when (!context.Response.HasStarted)
        {
            await ResponseWriter.StatusAsync(context, refused.Status).ConfigureAwait(false);
        }
        catch (Exception gone) when (context.RequestAborted.IsCancellationRequested && gone is OperationCanceledException or IOException)
        {
            // The client left, or the server is being stopped: nobody is there to be told.
        }
    }

    private async Task ServeAsync(HttpContext context)
    {
        var info = RequestInfoParser.Parse(context.Request);
        await faults.BeforeAsync(context, info).ConfigureAwait(false);
        if (info.IsResource && faults.TakeGoAway()) context.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        var certificate = await context.Connection.GetClientCertificateAsync(context.RequestAborted).ConfigureAwait(false);
        var identity = identities.Authenticate(context.Request.Headers.Authorization.ToString(), certificate) ?? throw Refuse.Unauthorized();
        if (context.Request.Headers.ContainsKey("Impersonate-User")) throw Refuse.NotSimulated("impersonation");
        authorizer.Require(identity, info);
        if (info.IsResource)
        {
            await resources.HandleAsync(context, info).ConfigureAwait(false);
            return;
        }

        var aggregated = context.Request.Headers.Accept.ToString().Contains(MediaTypes.AggregatedDiscovery, StringComparison.Ordinal);
        if (info.Path is "/readyz" or "/livez" or "/healthz") await ResponseWriter.TextAsync(context, 200, "ok").ConfigureAwait(false);
        else if (discovery.Find(info.Path, aggregated, context.Request.Host.Value ?? "") is { } document)
        {
            // kubectl takes the answer for the old form unless the type says otherwise; only the two roots have the new one.
            var form = aggregated && info.Path is ("/api" or "/apis") ? MediaTypes.AggregatedDiscoveryType : MediaTypes.Json;
            await ResponseWriter.JsonAsync(context, document, form).ConfigureAwait(false);
        }
        else
        {
            await ResponseWriter.TextAsync(context, 404, "404 page not found\n").ConfigureAwait(false);
        }
    }
}
