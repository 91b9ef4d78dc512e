namespace ExperimentFramework.DataPlane.AspNetCore;

/// <summary>The ranges of <c>HttpSubjectOptions</c>. Compiled into the analyzers too.</summary>
internal static class HttpSubjectOptionRanges
{
    public static readonly OptionRange<TimeSpan> CookieLifetime = OptionRange<TimeSpan>.Above(TimeSpan.Zero, TimeSpan.FromDays(400));
}
