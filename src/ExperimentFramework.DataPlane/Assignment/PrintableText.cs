using System.Diagnostics.CodeAnalysis;

namespace ExperimentFramework.DataPlane;

/// <summary>The texts of a selector's answer, which may come from a request: made fit for logs and events.</summary>
internal static class PrintableText
{
    private const int MaxLength = 1_024;

    /// <summary>Replaces control characters, which could forge a line of a log, and cuts what is too long. A clean text is returned as it is.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? Sanitize(string? text)
    {
        if (text is null || (text.Length <= MaxLength && !text.Any(char.IsControl)))
        {
            return text;
        }

        var cut = text.Length > MaxLength ? text[..MaxLength] : text;
        return string.Create(cut.Length, cut, static (printable, source) =>
        {
            for (var i = 0; i < source.Length; i++)
            {
                printable[i] = char.IsControl(source[i]) ? '\uFFFD' : source[i];
            }
        });
    }
}
