namespace Mesh.Health;

/// <summary>How many failures are too many.</summary>
internal static class FailureRule
{
    /// <summary>Why these are too many; <see langword="null"/> where they are not.</summary>
    /// <param name="consecutive">Failures since the last success.</param>
    /// <param name="window">Successes and failures of the last <see cref="SuccessWindow.Seconds"/> s.</param>
    /// <param name="settings">The limits.</param>
    public static string? Of(int consecutive, (int Successes, int Failures) window, HealthSettings settings)
    {
        if (consecutive >= settings.ConsecutiveFailures)
        {
            return $"{consecutive} {(consecutive == 1 ? "failure" : "failures")} in a row";
        }

        var requests = window.Successes + window.Failures;
        return requests >= HealthSettings.LeastRequests && window.Successes < HealthSettings.LeastSuccessRate * requests
            ? $"{window.Successes} of {requests} requests in {SuccessWindow.Seconds} s succeeded"
            : null;
    }
}
