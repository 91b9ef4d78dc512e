using Microsoft.Extensions.Configuration;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Rejects unknown enumeration names and lists the known ones; the binder would only say that it cannot convert the value. Numbers
/// are left to <see cref="DataPlaneOptionsValidator"/>.
/// </summary>
internal static class ConfigurationEnumValidator
{
    /// <summary>Checks the section.</summary>
    /// <exception cref="InvalidOperationException">The section has an unknown name; the message quotes it, its path and the known names.</exception>
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

    /// <summary>Checks one value.</summary>
    /// <exception cref="InvalidOperationException">The value is an unknown name; the message quotes it, its path and the known names.</exception>
    public static void Require<TEnum>(IConfigurationSection value)
        where TEnum : struct, Enum
    {
        // Reject comma-separated names: Enum.TryParse would combine them.
        if (!string.IsNullOrEmpty(value.Value)
            && (value.Value.Contains(',', StringComparison.Ordinal) || !Enum.TryParse<TEnum>(value.Value, ignoreCase: true, out _)))
        {
            Throw<TEnum>(value);
        }
    }

    private static void Throw<TEnum>(IConfigurationSection value)
        where TEnum : struct, Enum =>
        throw new InvalidOperationException(
            $"Configuration value '{value.Path}' is '{value.Value}'; it must be one of {string.Join(", ", Enum.GetNames<TEnum>())}.");
}
