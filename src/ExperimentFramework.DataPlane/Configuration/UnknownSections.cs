using Microsoft.Extensions.Configuration;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Finds unread sections that were probably meant for the data plane. Redaction rules in them would be ignored and ids would be published in clear
/// text, so they fail start-up. Any other unknown subsection may belong to another part of the application and is only reported.
/// </summary>
internal static class UnknownSections
{
    /// <summary>From this length on, names of destinations with two typos are recognized: <c>Parket</c>, <c>Postgres</c>.</summary>
    private const int LongName = 6;

    /// <summary>Word stems in names of sections about personal data.</summary>
    private static readonly string[] PrivacyStems = ["REDACT", "PII", "PRIVA", "PSEUDONYM", "PERSONAL", "ANONYM"];

    /// <summary>Redaction modes that are unlikely elsewhere: a section with such a value is about redaction.</summary>
    private static readonly string[] RedactionValues = [nameof(RedactionMode.Pseudonym), nameof(RedactionMode.Placeholder)];

    /// <summary>The names of the redaction options, except the one that other parts of an application may use for a section too.</summary>
    private static readonly string[] RedactionKeys = [.. ConfigurationKeyValidator.OfRedaction.Except([nameof(PiiRedactionOptions.Fields)])];

    /// <summary>Checks the whole configuration.</summary>
    /// <exception cref="InvalidOperationException">An unread section was probably meant for the data plane; the message names it and says what to do.</exception>
    public static void Check(IConfiguration configuration)
    {
        foreach (var section in configuration.GetChildren())
        {
            if (IsDataPlane(section))
            {
                foreach (var unknown in section.GetChildren().Where(IsLikelyTypoOfDataPlane))
                {
                    throw new InvalidOperationException(
                        $"The configuration has the section '{unknown.Path}', which is not read, so its settings, including redaction, would not take effect. "
                        + $"The sections of 'DataPlane' are {string.Join(", ", ConfigurationKeyValidator.Sections.Concat(ConfigurationKeyValidator.OfDestinations))}. Rename the section, or remove it.");
                }
            }
            else if (FindMisspelt(section) is { } misspelt)
            {
                throw new InvalidOperationException(
                    $"The configuration has the section '{misspelt.Path}', which is not read, so its settings, including redaction, would not take effect. "
                    + $"The data plane reads '{ConfigurationKeyValidator.SectionName}' and, for redaction, '{ConfigurationKeyValidator.SectionName}:{nameof(DataPlaneOptions.PiiRedaction)}'. Rename the section, or remove it.");
            }
        }
    }

    /// <summary>Returns the subsections that do not belong to the data plane and do not look like misspelt ones.</summary>
    public static IEnumerable<string> Of(IConfigurationSection dataPlane) => dataPlane.GetChildren()
        .Where(child => child.Value is null && !IsKnown(child))
        .Select(child => child.Path);

    private static bool IsDataPlane(IConfigurationSection section) => section.Key.Equals(ConfigurationKeyValidator.SectionName, StringComparison.OrdinalIgnoreCase);

    private static bool IsKnown(IConfigurationSection child) =>
        ConfigurationKeyValidator.IsAmong(ConfigurationKeyValidator.OfOptions, child.Key) || ConfigurationKeyValidator.IsAmong(ConfigurationKeyValidator.OfDestinations, child.Key);

    /// <summary>Returns whether an unknown subsection is probably a typo of a known one, or is about redaction.</summary>
    private static bool IsLikelyTypoOfDataPlane(IConfigurationSection child) => !IsKnown(child)
        && (ConfigurationKeyValidator.Sections.Any(known => TypoDetector.IsLikelyTypoOf(child.Key, known))
            || ConfigurationKeyValidator.OfDestinations.Any(known => TypoDetector.IsLikelyTypoOf(child.Key, known, known.Length < LongName ? 1 : 2))
            || PrivacyStems.Any(stem => TypoDetector.Letters(child.Key).Contains(stem, StringComparison.Ordinal))
            || IsAboutRedaction(child));

    /// <summary>Finds a root section, or one inside it, that was probably meant to be <c>DataPlane</c> or its <c>PiiRedaction</c>; null if there is none.</summary>
    private static IConfigurationSection? FindMisspelt(IConfigurationSection root)
    {
        var children = root.GetChildren().ToArray();

        // A single value sets no option; every environment variable is one.
        return children.Length == 0 ? null
            : TypoDetector.IsLikelyTypoOf(root.Key, ConfigurationKeyValidator.SectionName) || (IsLikeDataPlane(root.Key) && children.Any(IsOption)) ? root
            : FindRedaction(root);
    }

    private static bool IsLikeDataPlane(string key) => TypoDetector.Letters(key) is var letters
        && (letters.Contains("DATAPLANE", StringComparison.Ordinal) || letters.Contains("DATABACKPLANE", StringComparison.Ordinal));

    private static bool IsOption(IConfigurationSection key) => ConfigurationKeyValidator.IsAmong(ConfigurationKeyValidator.OfOptions, key.Key) || IsAboutRedaction(key);

    /// <summary>Finds a <c>PiiRedaction</c> section, this one or one inside it, in a place where it is not read.</summary>
    private static IConfigurationSection? FindRedaction(IConfigurationSection section) =>
        TypoDetector.IsLikelyTypoOf(section.Key, nameof(DataPlaneOptions.PiiRedaction)) && section.GetChildren().Any(IsAboutRedaction) ? section
        : section.GetChildren().Select(FindRedaction).FirstOrDefault(found => found is not null);

    /// <summary>Returns whether a key, or any key or value under it, is about redaction.</summary>
    private static bool IsAboutRedaction(IConfigurationSection section) =>
        RedactionKeys.Any(word => TypoDetector.IsLikelyTypoOf(section.Key, word))
        || (section.Key.Equals(nameof(PiiRedactionOptions.Fields), StringComparison.OrdinalIgnoreCase) && section.GetChildren().Any(field => !field.GetChildren().Any()))
        || TypoDetector.IsLikelyTypoOf(section.Key, nameof(DataPlaneOptions.PiiRedaction))
        || RedactionValues.Contains(section.Value?.Trim(), StringComparer.OrdinalIgnoreCase)
        || section.GetChildren().Any(IsAboutRedaction);
}
