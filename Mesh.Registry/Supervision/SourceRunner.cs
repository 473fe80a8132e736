using Mesh.Catalog;
using Microsoft.Extensions.Logging;

namespace Mesh.Supervision;

/// <summary>Keeps one source running: one that throws or returns is started again after a pause, and what it brought stays.</summary>
internal sealed partial class SourceRunner(SourceSink sink, CatalogCore core, Random random)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var backoff = new RestartBackoff(core.Options.RestartBackoff, core.Options.MaxRestartBackoff, random);
        while (!cancellationToken.IsCancellationRequested)
        {
            var started = core.TimeProvider.GetTimestamp();
            string end;
            try
            {
                await sink.Source.RunAsync(sink, cancellationToken).ConfigureAwait(false);
                if (cancellationToken.IsCancellationRequested)
                {
                    return;
                }

                end = "It ended without being asked to.";
                Log.Returned(core.Logger, sink.Source.Name);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                end = $"It failed: {exception.Message}";
                Log.Threw(core.Logger, sink.Source.Name, exception);
            }

            if (core.TimeProvider.GetElapsedTime(started) > core.Options.MaxRestartBackoff)
            {
                backoff.Reset();
            }

            var pause = backoff.Next();
            sink.Ended($"{end} It is started again after {pause.TotalSeconds:0.#} s.");
            try
            {
                await Task.Delay(pause, core.TimeProvider, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1003, LogLevel.Error, "Source {Source} ended with an error; it is started again, and what it brought stays in use.")]
        public static partial void Threw(ILogger logger, string source, Exception exception);

        [LoggerMessage(1004, LogLevel.Warning, "Source {Source} ended without being asked to; it is started again, and what it brought stays in use.")]
        public static partial void Returned(ILogger logger, string source);
    }
}
