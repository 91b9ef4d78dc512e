using Microsoft.Extensions.Configuration;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Rejects redaction keys that are present but empty. A rule without a mode would be no rule and let personal data through: null, {} and [] in JSON, an
/// empty environment variable and an empty argument all arrive as a key with an empty value or none, and hide the value of an earlier source.
/// </summary>
internal static class RedactionSectionValidator
{
    private static readonly string Mode = $"one of {string.Join(", ", Enum.GetNames<RedactionMode>())}";

    /// <summary>Checks the section.</summary>
    /// <exception cref="InvalidOperationException">A redaction key is empty; the message names it and what is expected.</exception>
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
            RequireText(key, "a string");
        }
    }

    private static void Require(IConfigurationSection key, string expected)
    {
        if (string.IsNullOrWhiteSpace(key.Value) && !key.GetChildren().Any())
        {
            Throw(key, expected);
        }
    }

    /// <summary>Rejects a null value; an empty string is left to the options validator, which knows what the option is for.</summary>
    private static void RequireText(IConfigurationSection key, string expected)
    {
        if (key.Value is null)
        {
            Throw(key, expected);
        }
    }

    private static void Throw(IConfigurationSection key, string expected) => throw new InvalidOperationException(
        $"Configuration value '{key.Path}' is '{key.Value}'; it must be {expected}. A key that is present but empty (null, {{}}, [] or an empty string) hides the value of an earlier source. Give it a value, or remove it.");

    private static bool IsKey(IConfigurationSection child, string name) => child.Key.Equals(name, StringComparison.OrdinalIgnoreCase);
}
