namespace ExperimentFramework.DataPlane.Tool;

/// <summary>All calculations.</summary>
internal static class Calculations
{
    public static IReadOnlyList<Calculation> All { get; } =
        [.. SampleRatioCalculations.All, .. SequentialCalculations.All, .. PowerCalculations.All, .. ReadOutCalculations.All];

    public static IReadOnlyDictionary<string, Calculation> ByKind { get; } = All.ToDictionary(calculation => calculation.Kind, StringComparer.Ordinal);
}
