namespace ExperimentFramework.DataPlane.AspNetCore;

/// <summary>The ranges of <c>HttpVariantOverrideOptions</c>. Compiled into the analyzers too.</summary>
internal static class HttpVariantOverrideOptionRanges
{
    public static readonly OptionRange<TimeSpan> MaxLifetime = OptionRange<TimeSpan>.Above(TimeSpan.Zero, TimeSpan.FromDays(90));
}
