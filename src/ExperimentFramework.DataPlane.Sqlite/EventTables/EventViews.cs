namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>
/// Views that answer the usual questions of analysts, according to the rules in docs/how-to/analyse.md: subjects are counted once, by their first exposure and the assigned
/// variant, and exposures without a subject or an allocation version are left out.
/// </summary>
internal static class EventViews
{
    /// <summary>The scripts that create the views: each drops those of the previous version.</summary>
    public static readonly IReadOnlyList<string> Migrations =
    [
        $"""
        CREATE VIEW first_exposures AS
        SELECT experiment, tenant_id, subject_type, subject_id, allocation_version, arm, ts,
            strftime('%Y-%m-%dT%H:%M:%S', ts / 1000000, 'unixepoch') || printf('.%06dZ', ts % 1000000) AS time, event_id
        FROM (
            SELECT experiment, tenant_id, subject_type, subject_id, allocation_version, arm, ts, event_id,
                row_number() OVER (PARTITION BY experiment, subject_id ORDER BY ts, event_id) AS number
            FROM exposures
            WHERE subject_id IS NOT NULL AND allocation_version IS NOT NULL)
        WHERE number = 1;

        CREATE VIEW subjects_per_variant AS
        SELECT experiment, allocation_version, arm, count(*) AS subjects, min(time) AS first_time, max(time) AS last_time
        FROM first_exposures
        GROUP BY experiment, allocation_version, arm;

        CREATE VIEW crossovers AS
        SELECT experiment, tenant_id, subject_type, subject_id, allocation_version, count(DISTINCT arm) AS arms
        FROM exposures
        WHERE subject_id IS NOT NULL AND allocation_version IS NOT NULL
        GROUP BY experiment, tenant_id, subject_type, subject_id, allocation_version
        HAVING count(DISTINCT arm) > 1;

        CREATE VIEW subject_metrics AS
        SELECT f.experiment, f.allocation_version, f.arm, f.tenant_id, f.subject_type, f.subject_id, m.metric_name, count(*) AS happened, sum(m.value) AS total
        FROM first_exposures f
        JOIN (
            SELECT metric_name, tenant_id, subject_type, subject_id, ts, value,
                row_number() OVER (PARTITION BY metric_name, tenant_id, coalesce(idempotency_key, event_id) ORDER BY ts, event_id) AS number
            FROM metrics) m
            ON m.subject_id = f.subject_id AND m.subject_type IS f.subject_type AND m.tenant_id IS f.tenant_id AND m.ts >= f.ts AND m.number = 1
        GROUP BY f.experiment, f.allocation_version, f.arm, f.tenant_id, f.subject_type, f.subject_id, m.metric_name;

        CREATE VIEW metrics_per_variant AS
        SELECT s.experiment, s.allocation_version, s.arm, n.metric_name, s.subjects, count(m.subject_id) AS converted, coalesce(sum(m.total), 0) AS total
        FROM subjects_per_variant s
        CROSS JOIN (SELECT DISTINCT metric_name FROM metrics) n
        LEFT JOIN subject_metrics m
            ON m.experiment = s.experiment AND m.allocation_version = s.allocation_version AND m.arm = s.arm AND m.metric_name = n.metric_name
        GROUP BY s.experiment, s.allocation_version, s.arm, n.metric_name, s.subjects;

        CREATE VIEW outcomes_per_variant AS
        SELECT experiment, allocation_version, arm, outcome_name, count(*) AS calls, sum(result = 'Failure') AS failures, sum(result = 'Canceled') AS canceled,
            avg(duration_seconds) AS mean_seconds, max(duration_seconds) AS max_seconds
        FROM outcomes
        GROUP BY experiment, allocation_version, arm, outcome_name;

        CREATE VIEW completeness AS
        WITH whole AS (
            SELECT producer_id, destination, sequence_number
            FROM accounts
            WHERE kind = 'account'
            GROUP BY producer_id, destination, sequence_number
            HAVING count(*) = max(part_count)),
        latest AS (
            SELECT a.*
            FROM accounts a
            JOIN (SELECT producer_id, destination, max(sequence_number) AS sequence_number FROM whole GROUP BY producer_id, destination) w
                ON w.producer_id = a.producer_id AND w.destination = a.destination AND w.sequence_number = a.sequence_number),
        expected AS (
            SELECT producer_id, event_type, sum(change) AS expected FROM (
                SELECT producer_id, event_type, count AS change FROM latest WHERE kind = 'published'
                UNION ALL
                SELECT coalesce(original_producer_id, producer_id), event_type, -count FROM latest WHERE kind = 'dropped')
            GROUP BY producer_id, event_type),
        arrived AS (
            SELECT producer_id, event_type, count(*) AS arrived FROM (
                {string.Join("\n        UNION ALL ", EventTypes.Select(type => $"SELECT substr(event_id, -11) AS producer_id, '{type.Name}' AS event_type FROM {type.Table}"))})
            GROUP BY producer_id, event_type),
        counted AS (
            SELECT producer_id, event_type FROM expected
            UNION
            SELECT producer_id, event_type FROM arrived)
        SELECT c.producer_id, c.event_type, coalesce(e.expected, 0) AS expected, coalesce(a.arrived, 0) AS arrived, coalesce(l.is_last, 0) AS is_final
        FROM counted c
        LEFT JOIN expected e ON e.producer_id = c.producer_id AND e.event_type = c.event_type
        LEFT JOIN arrived a ON a.producer_id = c.producer_id AND a.event_type = c.event_type
        LEFT JOIN (SELECT producer_id, max(is_last) AS is_last FROM latest WHERE line = 0 GROUP BY producer_id) l ON l.producer_id = c.producer_id;
        """,
    ];

    private static (string Table, string Name)[] EventTypes =>
    [
        ("exposures", "Exposure"), ("assignments", "Assignment"), ("outcomes", "Outcome"), ("metrics", "Metric"), ("analysis_signals", "AnalysisSignal"), ("errors", "Error"),
    ];
}
