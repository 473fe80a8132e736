using System.ComponentModel;
using System.Diagnostics;
using k8s.KubeConfigModels;
using Mesh.Watch;

namespace Mesh.Connection;

/// <summary>
/// Runs a kubeconfig's credential plugin (<c>exec</c>) by the rules of client-go's <c>plugin/pkg/client/auth/exec</c>. The client library would wait for its output for ever, take any word on
/// its standard error for a failure and quote it, and look for the command in the current folder first.
/// </summary>
/// <param name="plugin">What to run.</param>
/// <param name="info">The content of <c>KUBERNETES_EXEC_INFO</c>.</param>
/// <param name="limit">How long it may take.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class ExecPlugin(ExternalExecution plugin, string info, TimeSpan limit, TimeProvider timeProvider)
{
    private const int MaxOutput = 1024 * 1024;

    /// <exception cref="KubeconfigException">It gave no credential: why, without a word of what it wrote, which may be secret.</exception>
    public async Task<ExecCredential> RunAsync(CancellationToken cancellationToken)
    {
        using var process = new Process { StartInfo = Describe() };
        try
        {
            process.Start();
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or PlatformNotSupportedException)
        {
            throw Failure("cannot be started. Is it installed, and may it be executed?");
        }

        using var guard = new ReadGuard(limit, timeProvider, cancellationToken);
        try
        {
            process.StandardInput.Close();
            var errors = CountAsync(process.StandardError.BaseStream, guard.Token);
            var output = await ReadAsync(process.StandardOutput.BaseStream, guard.Token).WaitAsync(guard.Token).ConfigureAwait(false);
            if (output is null) throw Failure($"wrote more than {MaxOutput / 1024 / 1024} MiB.");
            var errorBytes = await errors.WaitAsync(guard.Token).ConfigureAwait(false);
            await process.WaitForExitAsync(guard.Token).ConfigureAwait(false);
            if (process.ExitCode != 0) throw Failure($"ended with code {process.ExitCode} ({errorBytes} bytes on its standard error are not shown, as they may hold secrets). Run it by hand to see why.");
            return ExecCredential.Parse(output.Value, plugin.ApiVersion);
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw Failure($"gave no credential within {limit.TotalSeconds:0.###} s. Run it by hand to see why; it must not wait for input, there is no terminal.");
        }
        catch (IOException)
        {
            throw Failure("broke off.");
        }
        catch (KubeconfigException e) when (e.InnerException is null && !e.Message.StartsWith("the exec plugin", StringComparison.Ordinal))
        {
            throw Failure($"{e.Message}. Run it by hand to see why.");
        }
        finally
        {
            End(process);
        }
    }

    private static void End(Process process)
    {
        try
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or NotSupportedException or AggregateException)
        {
            // It ended by itself meanwhile, or is not ours to end.
        }
    }

    private static async Task<ReadOnlyMemory<byte>?> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var output = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is var read and > 0)
        {
            if (output.Length + read > MaxOutput) return null;
            output.Write(buffer, 0, read);
        }

        return output.ToArray();
    }

    // Read to its end: a plugin that warns at length would wait for a reader.
    private static async Task<long> CountAsync(Stream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[4 * 1024];
        var count = 0L;
        while (await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is var read and > 0) count += read;
        return count;
    }

    private ProcessStartInfo Describe()
    {
        var start = new ProcessStartInfo(Find(plugin.Command) ?? throw Failure("is not on the PATH of this process.")) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in plugin.Arguments ?? []) start.ArgumentList.Add(argument ?? "");
        start.Environment["KUBERNETES_EXEC_INFO"] = info;
        foreach (var variable in plugin.EnvironmentVariables ?? []) start.Environment[variable["name"]] = variable.GetValueOrDefault("value") ?? "";
        return start;
    }

    // On PATH only: .NET looks beside the program and in the current folder first, where anybody may have put a command of that name.
    private static string? Find(string command)
    {
        if (command.AsSpan().ContainsAny('/', '\\')) return command;
        string[] endings = OperatingSystem.IsWindows() ? [".exe", ".cmd", ".bat", ""] : [""];
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return folders.Where(Path.IsPathRooted).SelectMany(f => endings.Select(e => Path.Combine(f, command + e))).FirstOrDefault(File.Exists);
    }

    private KubeconfigException Failure(string what)
    {
        var hint = string.IsNullOrWhiteSpace(plugin.InstallHint) ? "" : $" Its kubeconfig advises: {DnsLabel.Printable(plugin.InstallHint.Trim())}";
        return new KubeconfigException($"the exec plugin '{DnsLabel.Printable(plugin.Command)}' {what}{hint}");
    }
}
