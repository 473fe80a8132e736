namespace Mesh.Watch;

/// <summary>Answers as told, in order.</summary>
internal sealed class ScriptedTransport : IWatchTransport
{
    private readonly Queue<Func<TransportResponse>> _answers = new();

    public List<string> Requests { get; } = [];

    public List<string> Accepts { get; } = [];

    public int Renewals { get; private set; }

    public ScriptedTransport Answer(int status, string body, TimeSpan? retryAfter = null) =>
        Answer(() => new TransportResponse(status, retryAfter, new ScriptedStream([body])));

    public ScriptedTransport Answer(ScriptedStream body) => Answer(() => new TransportResponse(200, null, body));

    public ScriptedTransport AnswerProtobuf(ScriptedStream body, int status = 200) => Answer(() => new TransportResponse(status, null, body, WatchRequest.Protobuf));

    public ScriptedTransport Fail(Exception exception) => Answer(() => throw exception);

    public ScriptedTransport Answer(Func<TransportResponse> answer)
    {
        _answers.Enqueue(answer);
        return this;
    }

    public async Task<TransportResponse> GetAsync(string pathAndQuery, string accept, CancellationToken cancellationToken)
    {
        Requests.Add(Uri.UnescapeDataString(pathAndQuery));
        Accepts.Add(accept);
        if (_answers.Count == 0) await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        return _answers.Dequeue()();
    }

    public Task RenewCredentialsAsync(TransportResponse refused, CancellationToken cancellationToken)
    {
        Renewals++;
        return Task.CompletedTask;
    }
}
