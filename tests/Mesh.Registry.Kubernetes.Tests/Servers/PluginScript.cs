namespace Mesh.Servers;

/// <summary>A credential plugin for tests: a shell script.</summary>
internal static class PluginScript
{
    public static string Write(string path, string script)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The plugin is a shell script.");

        // Beside and then renamed: no process may start a file that is open for writing.
        File.WriteAllText(path + ".new", $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path + ".new", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.Move(path + ".new", path, overwrite: true);
        return path;
    }
}
