namespace Mesh.Picks;

/// <summary>
/// Least request where weights differ: an endpoint of weight w counts as w endpoints of weight 1 behind one address. Two of those are drawn, each endpoint as often as its
/// weight says, and the one of lower cost × (requests in flight / relative weight + 1) is taken; the weight is relative to the tier's mean.
/// </summary>
/// <remarks>
/// Both draws may give the same endpoint. So one that has the part p of the weight gets p of the requests while costs are equal, and from p² to 2p − p² whatever the
/// others cost: a weight says what an endpoint can carry, and all of a heavy one's load would bury the light ones beside it.
/// </remarks>
internal sealed class WeightedLeastRequestPicker(WeightedOrder order) : EndpointPicker
{
    public override int Pick(in PickContext context)
    {
        var endpoints = context.Endpoints;
        var (first, second) = order.IsWhole(endpoints)
            ? (order.IndexAt(context.NextRandom()), order.IndexAt(context.NextRandom()))
            : (WeightedOrder.Among(context), WeightedOrder.Among(context));
        return first != second && LeastRequestPicker.IsCheaper(endpoints[second].Score, LoadOf(endpoints[second]), endpoints[first].Score, LoadOf(endpoints[first]))
            ? second
            : first;
    }

    private double LoadOf(EndpointState endpoint)
    {
        var inFlight = endpoint.InFlight;
        return inFlight == 0 ? 0 : Math.Log(inFlight * order.MeanWeight / endpoint.Weight + 1);
    }
}
