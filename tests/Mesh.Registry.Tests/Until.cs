using System.Runtime.CompilerServices;

namespace Mesh;

/// <summary>Waits for a condition, with a bound that only a failure reaches.</summary>
internal static class Until
{
    public static async Task TrueAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        bound.CancelAfter(TimeSpan.FromSeconds(60));
        while (!condition())
        {
            try
            {
                await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, bound.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"It did not come true: {what}");
            }
        }
    }
}
