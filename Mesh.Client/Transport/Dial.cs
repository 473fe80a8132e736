namespace Mesh.Transport;

/// <summary>One connection being made. Cancelled when another one to the same endpoint fails.</summary>
internal sealed class Dial(ConnectGate gate) : IDisposable
{
    private readonly CancellationTokenSource _abandoned = new();

    private volatile bool _isFreed;

    /// <summary>Cancelled when waiting for it is no longer worth while.</summary>
    public CancellationToken Abandoned => _abandoned.Token;

    /// <summary>Whether it was abandoned though no other one failed.</summary>
    public bool IsFreed => _isFreed;

    public void Succeed() => gate.Succeed(this);

    /// <summary>See <see cref="ConnectGate.TryFail"/>.</summary>
    public IReadOnlyList<Dial>? TryFail() => gate.TryFail(this);

    /// <param name="isFreed">Whether that is for something else than a failed connection.</param>
    public void Abandon(bool isFreed = false)
    {
        _isFreed = isFreed;
        try
        {
            _abandoned.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended at the same moment.
        }
    }

    public void Dispose()
    {
        gate.End(this);
        _abandoned.Dispose();
    }
}
