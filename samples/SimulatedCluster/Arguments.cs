using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace SimulatedCluster;

/// <summary>What the program was asked for.</summary>
internal sealed record Arguments(int Port, string Kubeconfig)
{
    public const string Usage = """
        usage: SimulatedCluster --kubeconfig FILE [--port PORT]
          --kubeconfig FILE  where the administrator's kubeconfig is written; an existing file is replaced, and removed at the end
          --port PORT        where it listens on 127.0.0.1; 0, the default, lets the system choose
        """;

    public static bool TryParse(string[] args, [NotNullWhen(true)] out Arguments? arguments, [NotNullWhen(false)] out string? mistake)
    {
        arguments = null;
        mistake = null;
        int port = 0;
        string? kubeconfig = null;
        for (var i = 0; i < args.Length; i += 2)
        {
            var (name, value) = (args[i], i + 1 < args.Length ? args[i + 1] : null);
            if (name is not ("--port" or "--kubeconfig")) mistake = $"'{name}' is not an argument: give --kubeconfig FILE and, if you like, --port PORT.";
            else if (value is null or "") mistake = $"{name} has no value: give it one after a space.";
            else if (name == "--kubeconfig") kubeconfig = Path.GetFullPath(value);
            else if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out port) || port > 65535)
                mistake = $"--port is '{value}': give a number from 0 to 65535.";

            if (mistake is not null) return false;
        }

        if (kubeconfig is null) mistake = "--kubeconfig is missing: name the file that the kubeconfig is to be written to.";
        else if (Directory.Exists(kubeconfig)) mistake = $"--kubeconfig is the folder '{kubeconfig}': name a file in it.";
        else if (!Directory.Exists(Path.GetDirectoryName(kubeconfig))) mistake = $"--kubeconfig is in a folder that does not exist: make '{Path.GetDirectoryName(kubeconfig)}' first.";
        else arguments = new Arguments(port, kubeconfig);
        return arguments is not null;
    }
}
