namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>The settings of all pages of a dashboard.</summary>
/// <param name="UpdateInterval">The time between two updates of an open page.</param>
/// <param name="KeepsLooks">Whether looks at results are recorded.</param>
internal sealed record SiteSettings(TimeSpan UpdateInterval, bool KeepsLooks)
{
    /// <summary>The settings if neither value matters.</summary>
    public static SiteSettings None { get; } = new(TimeSpan.FromSeconds(1), KeepsLooks: false);
}
