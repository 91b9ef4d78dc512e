namespace ExperimentFramework.DataPlane.OpenTelemetry;

/// <summary>The ranges of <c>OtlpDataBackplaneOptions</c>. Compiled into the analyzers too.</summary>
internal static class OtlpDataBackplaneOptionRanges
{
    public static readonly OptionRange<TimeSpan> Timeout = OptionRange<TimeSpan>.From(TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1));
}
