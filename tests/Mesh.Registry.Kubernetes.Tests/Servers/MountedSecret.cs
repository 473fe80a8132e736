namespace Mesh.Servers;

/// <summary>Writes files as a kubelet mounts a Secret: a folder of a new name, to which the link <c>..data</c> is swapped in one step; the files are links through it.</summary>
internal static class MountedSecret
{
    /// <returns>The path of the first file.</returns>
    public static string Write(string folder, params (string Name, string Text)[] files)
    {
        var data = $"..{Directory.GetDirectories(folder, "..2*").Length + 2000}";
        Directory.CreateDirectory(Path.Combine(folder, data));
        foreach (var (name, text) in files) File.WriteAllText(Path.Combine(folder, data, name), text);
        var link = Path.Combine(folder, "..data");
        File.CreateSymbolicLink(link + "_tmp", data);

        // In one step, as nothing of .NET renames a link to a folder over another.
        using (var rename = System.Diagnostics.Process.Start("mv", ["-T", "-f", link + "_tmp", link])) rename.WaitForExit();
        foreach (var (name, _) in files)
        {
            if (!File.Exists(Path.Combine(folder, name))) File.CreateSymbolicLink(Path.Combine(folder, name), Path.Combine("..data", name));
        }

        return Path.Combine(folder, files[0].Name);
    }
}
