namespace Mesh;

/// <summary>Waits for a condition, with a bound that only a failure reaches.</summary>
internal static class Until
{
    public static Task TrueAsync(Func<bool> condition, Func<string>? otherwise = null) => TrueAsync(() => Task.FromResult(condition()), otherwise);

    public static async Task TrueAsync(Func<Task<bool>> condition, Func<string>? otherwise = null)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        bound.CancelAfter(TimeSpan.FromSeconds(60));
        while (!await condition())
        {
            try
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, bound.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"It did not come true. {otherwise?.Invoke()}");
            }
        }
    }
}
