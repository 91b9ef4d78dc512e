using SQLitePCL;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>
/// The tables of events, as described in docs/reference/columns.md. Rows are in the order of their ids, which is that of time, so a row and the key by which a
/// second delivery is recognized are one and the same.
/// </summary>
internal static class EventSchema
{
    /// <summary>The names of all tables.</summary>
    public static readonly IReadOnlyList<string> Tables =
        ["exposures", "assignments", "outcomes", "metrics", "analysis_signals", "errors", "accounts", "other_events"];

    private const string Common =
        """
        event_id TEXT NOT NULL,
        ts INTEGER NOT NULL,
        time TEXT GENERATED ALWAYS AS (strftime('%Y-%m-%dT%H:%M:%S', (ts - ((ts % 1000000) + 1000000) % 1000000) / 1000000, 'unixepoch') || printf('.%06dZ', ((ts % 1000000) + 1000000) % 1000000)) VIRTUAL,
        experiment TEXT NOT NULL,
        schema_version TEXT NOT NULL,
        correlation_id TEXT,
        span_id TEXT,
        metadata TEXT,
        """;

    private const string Subject =
        """
        subject_id TEXT,
        subject_type TEXT,
        tenant_id TEXT,
        """;

    private const string Arm =
        """
        variant TEXT NOT NULL,
        assigned_variant TEXT,
        arm TEXT NOT NULL,
        """;

    private const string End = "PRIMARY KEY (event_id)) STRICT, WITHOUT ROWID;";

    /// <summary>The scripts that migrate the tables from version 0 to 1, and so on. A released script is not changed; the next script migrates what it created.</summary>
    public static readonly IReadOnlyList<string> Migrations =
    [
        $"""
        CREATE TABLE exposures (
            {Common}
            {Arm}
            {Subject}
            selection_reason TEXT NOT NULL,
            rule_path TEXT,
            assignment_policy TEXT NOT NULL,
            allocation_version TEXT,
            is_repeat_exposure INTEGER NOT NULL,
            sampling_rate REAL,
            variant_build TEXT,
            attributes TEXT,
            attribute_types TEXT,
            {End}
        CREATE TABLE assignments (
            {Common}
            {Subject}
            previous_variant TEXT NOT NULL,
            new_variant TEXT NOT NULL,
            change_reason TEXT NOT NULL,
            assignment_policy TEXT NOT NULL,
            {End}
        CREATE TABLE outcomes (
            {Common}
            {Arm}
            {Subject}
            allocation_version TEXT,
            outcome_kind TEXT NOT NULL,
            outcome_name TEXT NOT NULL,
            result TEXT NOT NULL,
            duration_seconds REAL,
            failed_attempt_seconds REAL,
            error_type TEXT,
            value REAL,
            exposure_event_id TEXT,
            {End}
        CREATE TABLE metrics (
            {Common}
            {Subject}
            metric_name TEXT NOT NULL,
            value REAL,
            unit TEXT,
            idempotency_key TEXT,
            attributes TEXT,
            attribute_types TEXT,
            {End}
        CREATE TABLE analysis_signals (
            {Common}
            signal_type TEXT NOT NULL,
            severity TEXT NOT NULL,
            message TEXT NOT NULL,
            data TEXT,
            data_types TEXT,
            {End}
        CREATE TABLE errors (
            {Common}
            source TEXT NOT NULL,
            message TEXT NOT NULL,
            error_type TEXT,
            data TEXT,
            data_types TEXT,
            {End}
        CREATE TABLE accounts (
            {Common}
            line INTEGER NOT NULL,
            producer_id TEXT NOT NULL,
            destination TEXT NOT NULL,
            sequence_number INTEGER NOT NULL,
            part_number INTEGER NOT NULL,
            part_count INTEGER NOT NULL,
            interval_start INTEGER NOT NULL,
            interval_end INTEGER NOT NULL,
            is_last INTEGER NOT NULL,
            kind TEXT NOT NULL,
            arm TEXT,
            event_type TEXT,
            reason TEXT,
            original_producer_id TEXT,
            count INTEGER NOT NULL,
            PRIMARY KEY (event_id, line)) STRICT, WITHOUT ROWID;
        CREATE TABLE other_events (
            {Common}
            event_type TEXT NOT NULL,
            payload TEXT NOT NULL,
            {End}
        {string.Join('\n', Tables.Select(table => $"CREATE INDEX {table}_by_ts ON {table} (ts);"))}
        """,
    ];

    /// <summary>Creates the index for counting subjects, unless the file already has it.</summary>
    public static void IndexSubjects(sqlite3 database) => PreparedStatement.Execute(
        database,
        "CREATE INDEX IF NOT EXISTS exposures_by_subject ON exposures (experiment, subject_id, ts, event_id, tenant_id, subject_type, allocation_version, arm);");
}
