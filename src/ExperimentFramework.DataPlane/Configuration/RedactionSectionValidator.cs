using Microsoft.Extensions.Configuration;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Refuses redaction that is there and empty. A rule without a mode would be none, and let through what it was meant to keep: JSON's null, {} and [], an empty
/// variable and an empty argument all arrive as a key with an empty value or without one, and hide what an earlier source says.
/// </summary>
internal static class RedactionSectionValidator
{
    private static readonly string Mode = $"one of {string.Join(", ", Enum.GetNames<RedactionMode>())}";

    /// <summary>Checks the section.</summary>
    /// <exception cref="InvalidOperationException">A key of redaction is empty; the message names it and what has to be there.</exception>
    public static void Check(IConfigurationSection section)
    {
        foreach (var redaction in section.GetChildren().Where(child => IsKey(child, nameof(DataPlaneOptions.PiiRedaction))))
        {
            Require(redaction, "a section with rules");
            foreach (var key in redaction.GetChildren())
            {
                CheckKey(key);
            }
        }
    }

    private static void CheckKey(IConfigurationSection key)
    {
        if (IsKey(key, nameof(PiiRedactionOptions.Fields)))
        {
            Require(key, "a section with a mode for each field");
            foreach (var field in key.GetChildren())
            {
                Require(field, Mode);
            }
        }
        else if (IsKey(key, nameof(PiiRedactionOptions.RedactFields)))
        {
            Require(key, "a list with the name of at least one field");
            foreach (var item in key.GetChildren())
            {
                RequireText(item, "the name of a field");
            }
        }
        else if (IsKey(key, nameof(PiiRedactionOptions.SubjectId)) || IsKey(key, nameof(PiiRedactionOptions.TenantId)) || IsKey(key, nameof(PiiRedactionOptions.PersonalAttributes)))
        {
            Require(key, Mode);
        }
        else
        {
            RequireText(key, "a text");
        }
    }

    private static void Require(IConfigurationSection key, string expected)
    {
        if (string.IsNullOrWhiteSpace(key.Value) && !key.GetChildren().Any())
        {
            Refuse(key, expected);
        }
    }

    /// <summary>An empty text is the validator's, which knows what it is for.</summary>
    private static void RequireText(IConfigurationSection key, string expected)
    {
        if (key.Value is null)
        {
            Refuse(key, expected);
        }
    }

    private static void Refuse(IConfigurationSection key, string expected) => throw new InvalidOperationException(
        $"The configuration has '{key.Value}' at '{key.Path}', which has to be {expected}. A key that is there and empty (null, {{}}, [] or an empty text) hides what an earlier source says: give it a value, or remove it.");

    private static bool IsKey(IConfigurationSection child, string name) => child.Key.Equals(name, StringComparison.OrdinalIgnoreCase);
}
