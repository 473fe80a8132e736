namespace Mesh.Watch;

/// <summary>A deadline that is put off as long as something arrives.</summary>
internal sealed class ReadGuard : IDisposable
{
    private readonly TimeSpan _timeout;
    private readonly CancellationTokenSource _deadline;
    private readonly CancellationTokenSource _linked;

    public ReadGuard(TimeSpan timeout, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        _timeout = timeout;
        _deadline = new CancellationTokenSource(timeout, timeProvider);
        _linked = CancellationTokenSource.CreateLinkedTokenSource(_deadline.Token, cancellationToken);
    }

    public CancellationToken Token => _linked.Token;

    public void Restart() => _deadline.CancelAfter(_timeout);

    public void Dispose()
    {
        _linked.Dispose();
        _deadline.Dispose();
    }
}
