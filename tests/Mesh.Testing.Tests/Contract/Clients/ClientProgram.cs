using System.Diagnostics;

namespace Mesh.Contract;

/// <summary>A client that runs as a program of its own. Every wait has an end, and the program ends with this.</summary>
internal sealed class ClientProgram : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly Task<string> _errors;

    public ClientProgram(string program, IReadOnlyDictionary<string, string> environment, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;

        // A proxy of the machine is not for loopback.
        start.Environment["NO_PROXY"] = "127.0.0.1";
        _process = Process.Start(start)!;
        _process.StandardInput.Close();
        _errors = _process.StandardError.ReadToEndAsync();
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>The next line of its output; one that ended instead fails the test with what it had to say.</summary>
    public async Task<string> NextLineAsync()
    {
        var line = await _process.StandardOutput.ReadLineAsync(Cancelled).AsTask().WaitAsync(Patience, TimeProvider.System, Cancelled);
        return line ?? throw new InvalidOperationException($"{_process.StartInfo.FileName} ended: {await _errors}");
    }

    /// <summary>Waits for its end.</summary>
    public async Task<(int Code, string Output, string Errors)> EndAsync()
    {
        var output = await _process.StandardOutput.ReadToEndAsync(Cancelled).WaitAsync(Patience, TimeProvider.System, Cancelled);
        await _process.WaitForExitAsync(Cancelled);
        return (_process.ExitCode, output, await _errors);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }
}
