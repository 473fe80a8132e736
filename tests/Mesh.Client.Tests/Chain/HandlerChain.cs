using Mesh.Forking;

namespace Mesh.Chain;

/// <summary>The handlers of a client from the outermost in.</summary>
internal static class HandlerChain
{
    public static List<HttpMessageHandler> Of(HttpMessageHandler handler)
    {
        var chain = new List<HttpMessageHandler> { handler };
        while (handler is DelegatingHandler { InnerHandler: { } inner })
        {
            chain.Add(handler = inner);
        }

        return chain;
    }

    public static void ShouldEndInOneFork(HttpMessageHandler handler)
    {
        var chain = Of(handler);
        chain.Count(static h => h is MeshPrimaryHandler).ShouldBe(1);
        chain[^1].ShouldBeOfType<MeshPrimaryHandler>();
    }
}
