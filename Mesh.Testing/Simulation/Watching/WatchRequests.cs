using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Mesh.Simulation;

/// <summary>Starts watches: from which revision, with which first events.</summary>
internal sealed class WatchRequests(ObjectStore store, WatchRegistry registry, FaultPlan faults, TimeProvider time)
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(30);

    public async Task HandleAsync(HttpContext context, ServedResource served, RequestInfo info, Representation representation)
    {
        var query = ListQuery.Parse(context.Request, info, watch: true, faults.WatchListEnabled);
        query = query with { Timeout = query.Timeout ?? DefaultTimeout };
        if (faults.TakeGoneStart()) throw new ApiException(Refuse.WatchExpired(query.Revision, store.Revision));

        ResponseWriter.Begin(context, 200);
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await context.Response.StartAsync(context.RequestAborted).ConfigureAwait(false);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);

        var writer = new WatchWriter(context.Response.BodyWriter, served, representation);
        var session = new WatchSession(store, served, query, writer, registry, faults, time);
        if (faults.TakeExpiredStart()) session.Order(WatchOrder.Expire);
        await RunAsync(context, served, query, writer, session).ConfigureAwait(false);
    }

    private async Task RunAsync(HttpContext context, ServedResource served, ListQuery query, WatchWriter writer, WatchSession session)
    {
        var cursor = query.Revision;
        IReadOnlyList<StoredObject> initial = [];
        if (Problem(served, query, session, ref cursor, ref initial) is { } problem)
        {
            writer.Error(problem);
            await writer.FlushAsync(context.RequestAborted).ConfigureAwait(false);
            return;
        }

        registry.Add(session);
        try
        {
            // Servers that can begin with the present state end it with a bookmark also where the client asked the old way.
            var endBookmark = query.Bookmarks
                && (query.SendInitialEvents == true || query is { SendInitialEvents: null, ResourceVersion: "" } && faults.WatchListEnabled);
            if (await session.RunAsync(cursor, initial, endBookmark, context.RequestAborted).ConfigureAwait(false)) context.Abort();
        }
        finally
        {
            registry.Remove(session);
            store.Leave(served.Type, session);
        }
    }

    private ApiStatus? Problem(ServedResource served, ListQuery query, WatchSession session, ref long cursor, ref IReadOnlyList<StoredObject> initial)
    {
        if (query.SendInitialEvents == true || query is { SendInitialEvents: null, Revision: 0 })
        {
            var snapshot = store.Snapshot(served.Type);
            if (query.Revision > snapshot.Revision) return Refuse.FutureVersionStatus(query.Revision, snapshot.Revision);
            cursor = snapshot.Revision;
            initial = [.. snapshot.In(query.Filter.Namespace).Where(query.Filter.Matches)];
        }
        else if (cursor == 0)
        {
            cursor = store.Revision;
        }

        return store.Listen(served.Type, session, cursor) is { } oldest ? Refuse.WatchExpired(cursor, oldest) : null;
    }
}
