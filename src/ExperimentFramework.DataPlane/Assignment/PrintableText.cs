using System.Diagnostics.CodeAnalysis;

namespace ExperimentFramework.DataPlane;

/// <summary>Makes text that may come from a request, such as a selector's result, safe for logs and events.</summary>
internal static class PrintableText
{
    private const int MaxLength = 1_024;

    /// <summary>Replaces control characters, which could forge a log line, and truncates long text. Text without either is returned unchanged.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? Sanitize(string? text)
    {
        if (text is null || (text.Length <= MaxLength && !HasControl(text)))
        {
            return text;
        }

        var truncated = text.Length > MaxLength ? text[..MaxLength] : text;
        return string.Create(truncated.Length, truncated, static (printable, source) =>
        {
            for (var i = 0; i < source.Length; i++)
            {
                printable[i] = char.IsControl(source[i]) ? '\uFFFD' : source[i];
            }
        });
    }

    /// <summary>A loop, because the framework's search for a range allocates until it has been compiled with optimizations.</summary>
    private static bool HasControl(string text)
    {
        foreach (var character in text)
        {
            if (char.IsControl(character))
            {
                return true;
            }
        }

        return false;
    }
}
