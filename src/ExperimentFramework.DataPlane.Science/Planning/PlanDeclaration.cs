using System.Globalization;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>Converts a plan to and from the data of a signal, from which a monitor of stored events reads it.</summary>
internal static class PlanDeclaration
{
    public const string Version = "version";
    public const string Hash = "planHash";
    public const string Owner = "owner";
    private const string Prefix = "setting:";

    /// <summary>Returns the name of the field for a setting.</summary>
    public static string FieldOf(string setting) => Prefix + setting;

    /// <summary>Reads a plan from the data of a signal.</summary>
    /// <returns>The plan; null if it is incomplete, was modified, or was written by a version that this one cannot read.</returns>
    public static AnalysisPlan? Read(AnalysisSignalEvent declaration)
    {
        if (declaration.Data is not { } data)
        {
            return null;
        }

        SortedDictionary<string, string> settings = new(StringComparer.Ordinal);
        foreach (var (name, value) in data)
        {
            if (name.StartsWith(Prefix, StringComparison.Ordinal) && value is string text)
            {
                settings[name[Prefix.Length..]] = text;
            }
        }

        try
        {
            return PlanSettings.HashOf(settings) == data.GetValueOrDefault(Hash) as string
                ? new PlanSettingsReader(settings).Read(VersionOf(data.GetValueOrDefault(Version)), data.GetValueOrDefault(Owner) as string)
                : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static int VersionOf(object? value) =>
        int.TryParse(Convert.ToString(value, CultureInfo.InvariantCulture), CultureInfo.InvariantCulture, out var version) && version > 0 ? version : 1;
}
