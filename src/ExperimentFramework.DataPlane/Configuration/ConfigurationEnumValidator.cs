using Microsoft.Extensions.Configuration;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Refuses a name that an enumeration does not have, and says which ones there are: the binder would only say that it cannot convert it. Numbers
/// stay the validator's.
/// </summary>
internal static class ConfigurationEnumValidator
{
    /// <summary>Checks the section.</summary>
    /// <exception cref="InvalidOperationException">It holds an unknown name; the message tells it, its place and the known ones.</exception>
    public static void Check(IConfigurationSection section)
    {
        Require<ExposureSemantics>(section.GetSection(nameof(DataPlaneOptions.ExposureSemantics)));
        Require<BackplaneFailureMode>(section.GetSection(nameof(DataPlaneOptions.FailureMode)));

        var redaction = section.GetSection(nameof(DataPlaneOptions.PiiRedaction));
        Require<RedactionMode>(redaction.GetSection(nameof(PiiRedactionOptions.SubjectId)));
        Require<RedactionMode>(redaction.GetSection(nameof(PiiRedactionOptions.TenantId)));
        Require<RedactionMode>(redaction.GetSection(nameof(PiiRedactionOptions.PersonalAttributes)));
        foreach (var field in redaction.GetSection(nameof(PiiRedactionOptions.Fields)).GetChildren())
        {
            Require<RedactionMode>(field);
        }

        foreach (var experiment in section.GetSection(nameof(DataPlaneOptions.Experiments)).GetChildren())
        {
            Require<ExposureSemantics>(experiment.GetSection(nameof(ExperimentOptions.ExposureSemantics)));
        }
    }

    private static void Require<TEnum>(IConfigurationSection value)
        where TEnum : struct, Enum
    {
        // One name: two would be taken for a third one.
        if (!string.IsNullOrEmpty(value.Value)
            && (value.Value.Contains(',', StringComparison.Ordinal) || !Enum.TryParse<TEnum>(value.Value, ignoreCase: true, out _)))
        {
            Refuse<TEnum>(value);
        }
    }

    private static void Refuse<TEnum>(IConfigurationSection value)
        where TEnum : struct, Enum =>
        throw new InvalidOperationException(
            $"The configuration has '{value.Value}' at '{value.Path}', which has to be one of {string.Join(", ", Enum.GetNames<TEnum>())}.");
}
