using System.Text;

namespace Mesh.Processes;

/// <summary>What a process writes, kept in a file that never grows beyond twice its bound: the older half is dropped.</summary>
internal sealed class ProcessLog
{
    private const int BoundBytes = 4 * 1024 * 1024;
    private const int TailBytes = 16 * 1024;

    private readonly string _path;
    private readonly string _olderPath;

    public ProcessLog(string path)
    {
        _path = path;
        _olderPath = path + ".1";
    }

    /// <summary>Copies from the process until it closes its output.</summary>
    public async Task CopyAsync(Stream output)
    {
        var buffer = new byte[16 * 1024];
        var file = Open();
        try
        {
            int length;
            while ((length = await output.ReadAsync(buffer).ConfigureAwait(false)) > 0)
            {
                if (file.Length + length > BoundBytes)
                {
                    await file.DisposeAsync().ConfigureAwait(false);
                    File.Move(_path, _olderPath, overwrite: true);
                    file = Open();
                }

                await file.WriteAsync(buffer.AsMemory(0, length)).ConfigureAwait(false);
                await file.FlushAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            await file.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>The last lines, at most <paramref name="lines"/>.</summary>
    public string Tail(int lines)
    {
        var text = new StringBuilder();
        foreach (var path in (string[])[_olderPath, _path])
        {
            if (!File.Exists(path)) continue;
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            file.Seek(-Math.Min(file.Length, TailBytes), SeekOrigin.End);
            using var reader = new StreamReader(file);
            text.Append(reader.ReadToEnd());
        }

        var all = text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return string.Join('\n', all.TakeLast(lines));
    }

    private FileStream Open() => new(_path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
}
