namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>A row of the assignment table.</summary>
/// <param name="Assignment">The assignment; null if the row cannot be read.</param>
/// <param name="LastSeenAt">When the subject was last seen, in milliseconds since 1970; up to a day out of date.</param>
internal sealed record AssignmentRow(StoredAssignment? Assignment, long LastSeenAt);
