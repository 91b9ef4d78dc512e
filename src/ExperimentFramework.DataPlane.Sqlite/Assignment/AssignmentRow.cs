namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>A row of the table of assignments.</summary>
/// <param name="Assignment">The assignment; null when the row holds none that can be read.</param>
/// <param name="LastSeenAt">When the subject was last seen, in milliseconds since 1970; at most a day late.</param>
internal sealed record AssignmentRow(StoredAssignment? Assignment, long LastSeenAt);
