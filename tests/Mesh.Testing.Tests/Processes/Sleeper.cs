namespace Mesh.Processes;

/// <summary>A program that says so and then does nothing until it is killed.</summary>
internal static class Sleeper
{
    // The folder is its last argument, by which the guard tells it; 'read' from a pipe that nobody writes needs no second process.
    public static ServerProcess Start(GuardedFolder folder, string name, string says = "up") => ServerProcess.Start(
        folder, name, "/bin/sh", ["-c", "mkfifo \"$1.pipe\"; echo \"$2\"; echo \"$2 too\" >&2; read -r _ <\"$1.pipe\"", "sleeper", folder[name], says]);
}
