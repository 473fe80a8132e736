namespace SimulatedCluster;

/// <summary>Writes a kubeconfig so that whoever waits for the file finds it whole, and nobody but its owner can read it.</summary>
internal static class KubeconfigFile
{
    public static void Write(string path, string text)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}";
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var writer = new StreamWriter(temporary, options)) writer.Write(text);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
