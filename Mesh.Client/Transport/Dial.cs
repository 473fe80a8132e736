namespace Mesh.Transport;

/// <summary>One connection being made. Cancelled when another one to the same endpoint fails.</summary>
internal sealed class Dial(ConnectGate gate) : IDisposable
{
    private readonly CancellationTokenSource _abandoned = new();

    /// <summary>Cancelled when waiting for it is no longer worth while.</summary>
    public CancellationToken Abandoned => _abandoned.Token;

    public void Succeed() => gate.Succeed(this);

    /// <summary>See <see cref="ConnectGate.TryFail"/>.</summary>
    public IReadOnlyList<Dial>? TryFail() => gate.TryFail(this);

    public void Abandon()
    {
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
