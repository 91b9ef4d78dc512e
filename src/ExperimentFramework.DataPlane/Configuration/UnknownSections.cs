using Microsoft.Extensions.Configuration;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Finds sections that nothing reads and that were meant for the data plane. What they say about redaction would be ignored, and ids would leave in clear; so
/// they stop the start. Any other unknown subsection may be another part's, and is only reported.
/// </summary>
internal static class UnknownSections
{
    /// <summary>What the name of a section about personal data holds, whatever it is called.</summary>
    private static readonly string[] PrivacyStems = ["REDACT", "PII", "PRIVA", "PSEUDONYM", "PERSONAL", "ANONYM"];

    /// <summary>The modes that no other part has: a section with such a value is about redaction.</summary>
    private static readonly string[] RedactionValues = [nameof(RedactionMode.Pseudonym), nameof(RedactionMode.Placeholder)];

    /// <summary>The options of redaction by name, but for the one that other parts may have too, with sections in it.</summary>
    private static readonly string[] Words = [.. ConfigurationKeyValidator.OfRedaction.Except([nameof(PiiRedactionOptions.Fields)])];

    /// <summary>Checks the whole configuration.</summary>
    /// <exception cref="InvalidOperationException">A section that nothing reads was meant for the data plane; the message names it and the remedy.</exception>
    public static void Check(IConfiguration configuration)
    {
        foreach (var section in configuration.GetChildren())
        {
            if (IsDataPlane(section))
            {
                foreach (var unknown in section.GetChildren().Where(IsLikelyTypoOfDataPlane))
                {
                    throw new InvalidOperationException(
                        $"The configuration has the section '{unknown.Path}', which nothing reads, so that what it sets, redaction too, would not be in force. "
                        + $"The sections of 'DataPlane' are {string.Join(", ", ConfigurationKeyValidator.Sections)}: rename it, or remove it.");
                }
            }
            else if (Misspelt(section) is { } misspelt)
            {
                throw new InvalidOperationException(
                    $"The configuration has the section '{misspelt.Path}', which nothing reads, so that what it sets, redaction too, would not be in force. "
                    + $"The data plane reads '{ConfigurationKeyValidator.SectionName}' and, for redaction, '{ConfigurationKeyValidator.SectionName}:{nameof(DataPlaneOptions.PiiRedaction)}': rename it, or remove it.");
            }
        }
    }

    /// <summary>The subsections that are neither the data plane's nor, as far as can be seen, meant to be.</summary>
    public static IEnumerable<string> Of(IConfigurationSection dataPlane) => dataPlane.GetChildren()
        .Where(child => child.Value is null && !ConfigurationKeyValidator.IsAmong(ConfigurationKeyValidator.OfOptions, child.Key))
        .Select(child => child.Path);

    private static bool IsDataPlane(IConfigurationSection section) => section.Key.Equals(ConfigurationKeyValidator.SectionName, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a subsection of the data plane's is a known one, misspelt, or speaks of redaction.</summary>
    private static bool IsLikelyTypoOfDataPlane(IConfigurationSection child) => !ConfigurationKeyValidator.IsAmong(ConfigurationKeyValidator.OfOptions, child.Key)
        && (ConfigurationKeyValidator.Sections.Any(known => TypoDetector.IsLikelyTypoOf(child.Key, known))
            || PrivacyStems.Any(stem => TypoDetector.Letters(child.Key).Contains(stem, StringComparison.Ordinal))
            || IsAboutRedaction(child));

    /// <summary>A section at the root, or one inside it, that was meant to be <c>DataPlane</c> or its <c>PiiRedaction</c>; null for another part's.</summary>
    private static IConfigurationSection? Misspelt(IConfigurationSection root)
    {
        var children = root.GetChildren().ToArray();

        // A single value sets no option: every environment variable is one.
        return children.Length == 0 ? null
            : TypoDetector.IsLikelyTypoOf(root.Key, ConfigurationKeyValidator.SectionName) || (IsLikeDataPlane(root.Key) && children.Any(IsOption)) ? root
            : Redaction(root);
    }

    private static bool IsLikeDataPlane(string key) => TypoDetector.Letters(key) is var letters
        && (letters.Contains("DATAPLANE", StringComparison.Ordinal) || letters.Contains("DATABACKPLANE", StringComparison.Ordinal));

    private static bool IsOption(IConfigurationSection key) => ConfigurationKeyValidator.IsAmong(ConfigurationKeyValidator.OfOptions, key.Key) || IsAboutRedaction(key);

    /// <summary>The section, or one inside it, that is <c>PiiRedaction</c> in a place where nothing reads it.</summary>
    private static IConfigurationSection? Redaction(IConfigurationSection section) =>
        TypoDetector.IsLikelyTypoOf(section.Key, nameof(DataPlaneOptions.PiiRedaction)) && section.GetChildren().Any(IsAboutRedaction) ? section
        : section.GetChildren().Select(Redaction).FirstOrDefault(found => found is not null);

    /// <summary>Whether a key, or anything under it, is a word of redaction.</summary>
    private static bool IsAboutRedaction(IConfigurationSection section) =>
        Words.Any(word => TypoDetector.IsLikelyTypoOf(section.Key, word))
        || (section.Key.Equals(nameof(PiiRedactionOptions.Fields), StringComparison.OrdinalIgnoreCase) && section.GetChildren().Any(field => !field.GetChildren().Any()))
        || TypoDetector.IsLikelyTypoOf(section.Key, nameof(DataPlaneOptions.PiiRedaction))
        || RedactionValues.Contains(section.Value?.Trim(), StringComparer.OrdinalIgnoreCase)
        || section.GetChildren().Any(IsAboutRedaction);
}
