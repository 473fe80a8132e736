using System.Text;

namespace Mesh.Connection;

/// <summary>The client library joins a plugin's arguments with spaces; quoted, each stays one argument.</summary>
internal static class ExecArguments
{
    /// <summary>Quotes by the rules of .NET's process arguments.</summary>
    public static string Quote(string argument)
    {
        if (argument.Length > 0 && !argument.AsSpan().ContainsAny(" \t\n\"")) return argument;
        var quoted = new StringBuilder("\"");
        var backslashes = 0;
        foreach (var c in argument)
        {
            if (c == '\\')
            {
                backslashes++;
                continue;
            }

            // Backslashes count as themselves except before a quote.
            quoted.Append('\\', c == '"' ? (2 * backslashes) + 1 : backslashes).Append(c);
            backslashes = 0;
        }

        return quoted.Append('\\', 2 * backslashes).Append('"').ToString();
    }
}
