using System.Buffers;
using System.Globalization;
using System.Text;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Arguments as a POSIX shell takes them.</summary>
internal static class ShellText
{
    private static readonly SearchValues<char> Plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./:,=@%+");

    /// <summary>Returns an argument in quotes if it needs them. Control characters are written as escapes, so that it is one line.</summary>
    public static string Quote(string argument)
    {
        if (argument.Length > 0 && !argument.AsSpan().ContainsAnyExcept(Plain))
        {
            return argument;
        }

        if (!argument.Any(char.IsControl))
        {
            return $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";
        }

        var quoted = new StringBuilder("$'");
        foreach (var character in argument)
        {
            _ = character is '\'' or '\\' ? quoted.Append('\\').Append(character)
                : char.IsControl(character) ? quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}")
                : quoted.Append(character);
        }

        return quoted.Append('\'').ToString();
    }
}
