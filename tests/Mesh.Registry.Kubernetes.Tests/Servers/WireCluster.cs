using Microsoft.AspNetCore.Http;

namespace Mesh.Servers;

/// <summary>What a <see cref="WireServer"/> answers that has one Service in namespace <c>sales</c> and nothing else, all of it at one version.</summary>
internal static class WireCluster
{
    public static Func<HttpContext, Task> Of(string service, string version) => context => AnswerAsync(context, service, version);

    private static async Task AnswerAsync(HttpContext context, string service, string version)
    {
        var items = context.Request.Path == "/api/v1/services" ? $$"""{"metadata":{"namespace":"sales","name":"{{service}}","resourceVersion":"{{version}}"},"spec":{"ports":[{"port":80}]} }""" : "";
        if (context.Request.Query["watch"] != "true")
        {
            await context.Response.WriteAsync($$"""{"metadata":{"resourceVersion":"{{version}}"},"items":[{{items}}]}""");
            return;
        }

        if (context.Request.Query["sendInitialEvents"] == "true")
        {
            if (items.Length > 0) await context.Response.WriteAsync($$"""{"type":"ADDED","object":{{items}} }""");
            await context.Response.WriteAsync(
                $$"""{"type":"BOOKMARK","object":{"metadata":{"annotations":{"k8s.io/initial-events-end":"true"},"resourceVersion":"{{version}}"} } }""");
        }

        await context.Response.Body.FlushAsync();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
