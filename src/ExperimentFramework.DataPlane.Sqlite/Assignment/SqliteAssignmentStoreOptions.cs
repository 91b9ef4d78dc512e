namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>The options of <see cref="SqliteAssignmentStore"/>. Validated at startup.</summary>
public sealed class SqliteAssignmentStoreOptions
{
    internal static readonly TimeSpan DefaultRetention = TimeSpan.FromDays(365);

    /// <summary>
    /// How long an assignment is kept after its subject was last seen, from 1 hour to 3,650 days. Older assignments are deleted in the background,
    /// a few hundred at a time. A subject that returns later is assigned again, and gets another variant only if the weights have changed.
    /// Default: 365 days, as long as a visitor's cookie.
    /// </summary>
    public TimeSpan Retention { get; set; } = DefaultRetention;
}
