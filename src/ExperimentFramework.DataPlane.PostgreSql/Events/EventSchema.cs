namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>
/// The tables of events, one partition for each day in UTC. Partitions are created and dropped by functions that run with the rights of their owner, so that a
/// role that only writes events needs no right to create or drop tables.
/// </summary>
internal static class EventSchema
{
    /// <summary>The first day that has a partition.</summary>
    public static readonly DateOnly FirstDay = new(1970, 1, 1);

    /// <summary>How far in the future an event may be: a later time comes from a wrong clock.</summary>
    public const int MaxDaysAhead = 366;

    private const string Tables = """
        CREATE TABLE {schema}.exposures (
            event_id uuid NOT NULL,
            ts timestamptz NOT NULL,
            experiment text NOT NULL,
            schema_version text NOT NULL,
            correlation_id text,
            span_id text,
            metadata jsonb,
            variant text NOT NULL,
            assigned_variant text,
            arm text NOT NULL,
            subject_id text,
            subject_type text,
            tenant_id text,
            selection_reason text NOT NULL,
            rule_path text,
            assignment_policy text NOT NULL,
            allocation_version text,
            is_repeat_exposure boolean NOT NULL,
            sampling_rate double precision NOT NULL,
            variant_build uuid,
            attributes jsonb,
            attribute_types jsonb,
            PRIMARY KEY (event_id, ts)) PARTITION BY RANGE (ts);

        CREATE TABLE {schema}.outcomes (
            event_id uuid NOT NULL,
            ts timestamptz NOT NULL,
            experiment text NOT NULL,
            schema_version text NOT NULL,
            correlation_id text,
            span_id text,
            metadata jsonb,
            variant text NOT NULL,
            assigned_variant text,
            arm text NOT NULL,
            subject_id text,
            subject_type text,
            tenant_id text,
            allocation_version text,
            outcome_kind text NOT NULL,
            outcome_name text NOT NULL,
            result text NOT NULL,
            duration_seconds double precision,
            failed_attempt_seconds double precision,
            error_type text,
            value double precision,
            exposure_event_id uuid,
            PRIMARY KEY (event_id, ts)) PARTITION BY RANGE (ts);

        CREATE TABLE {schema}.metrics (
            event_id uuid NOT NULL,
            ts timestamptz NOT NULL,
            experiment text NOT NULL,
            schema_version text NOT NULL,
            correlation_id text,
            span_id text,
            metadata jsonb,
            metric_name text NOT NULL,
            value double precision NOT NULL,
            unit text,
            subject_id text,
            subject_type text,
            tenant_id text,
            idempotency_key text,
            attributes jsonb,
            attribute_types jsonb,
            PRIMARY KEY (event_id, ts)) PARTITION BY RANGE (ts);

        CREATE TABLE {schema}.assignments (
            event_id uuid NOT NULL,
            ts timestamptz NOT NULL,
            experiment text NOT NULL,
            schema_version text NOT NULL,
            correlation_id text,
            span_id text,
            metadata jsonb,
            subject_id text,
            subject_type text,
            tenant_id text,
            previous_variant text NOT NULL,
            new_variant text NOT NULL,
            change_reason text NOT NULL,
            assignment_policy text NOT NULL,
            PRIMARY KEY (event_id, ts)) PARTITION BY RANGE (ts);

        CREATE TABLE {schema}.analysis_signals (
            event_id uuid NOT NULL,
            ts timestamptz NOT NULL,
            experiment text NOT NULL,
            schema_version text NOT NULL,
            correlation_id text,
            span_id text,
            metadata jsonb,
            signal_type text NOT NULL,
            severity text NOT NULL,
            message text NOT NULL,
            data jsonb,
            data_types jsonb,
            PRIMARY KEY (event_id, ts)) PARTITION BY RANGE (ts);

        CREATE TABLE {schema}.errors (
            event_id uuid NOT NULL,
            ts timestamptz NOT NULL,
            experiment text NOT NULL,
            schema_version text NOT NULL,
            correlation_id text,
            span_id text,
            metadata jsonb,
            source text NOT NULL,
            message text NOT NULL,
            error_type text,
            data jsonb,
            data_types jsonb,
            PRIMARY KEY (event_id, ts)) PARTITION BY RANGE (ts);

        CREATE TABLE {schema}.accounts (
            event_id uuid NOT NULL,
            ts timestamptz NOT NULL,
            experiment text NOT NULL,
            schema_version text NOT NULL,
            correlation_id text,
            span_id text,
            metadata jsonb,
            line bigint NOT NULL,
            producer_id text NOT NULL,
            destination text NOT NULL,
            sequence_number bigint NOT NULL,
            part_number bigint NOT NULL,
            part_count bigint NOT NULL,
            interval_start timestamptz NOT NULL,
            interval_end timestamptz NOT NULL,
            is_last boolean NOT NULL,
            kind text NOT NULL,
            arm text,
            event_type text,
            reason text,
            original_producer_id text,
            count bigint NOT NULL,
            PRIMARY KEY (event_id, line, ts)) PARTITION BY RANGE (ts);

        CREATE TABLE {schema}.other_events (
            event_id uuid NOT NULL,
            ts timestamptz NOT NULL,
            experiment text NOT NULL,
            schema_version text NOT NULL,
            correlation_id text,
            span_id text,
            metadata jsonb,
            event_type text NOT NULL,
            payload jsonb NOT NULL,
            PRIMARY KEY (event_id, ts)) PARTITION BY RANGE (ts);
        """;

    /// <summary>
    /// A partition is created as a separate table and then attached, which only waits for other changes of the table: <c>PARTITION OF</c> would wait for every
    /// query that is running, and make all writers wait behind it.
    /// </summary>
    private const string CreatePartition = """
        CREATE FUNCTION {schema}.create_partition(day date) RETURNS integer
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '10s' AS $$
        DECLARE
            event_table text;
            partition text;
            created integer := 0;
        BEGIN
            IF day < DATE '1970-01-01' OR day > (now() AT TIME ZONE 'UTC')::date + 400 THEN
                RAISE EXCEPTION 'There are no partitions for %.', day USING ERRCODE = 'invalid_parameter_value';
            END IF;

            PERFORM pg_advisory_xact_lock(hashtextextended('dataplane partitions {schema}', 0));
            FOREACH event_table IN ARRAY ARRAY['exposures', 'outcomes', 'metrics', 'assignments', 'analysis_signals', 'errors', 'accounts', 'other_events'] LOOP
                partition := event_table || '_' || to_char(day, 'YYYYMMDD');
                IF NOT EXISTS (
                    SELECT FROM pg_inherits
                    WHERE inhparent = to_regclass('{schema}.' || event_table) AND inhrelid = to_regclass('{schema}.' || partition))
                THEN
                    IF to_regclass('{schema}.' || partition) IS NOT NULL THEN
                        RAISE EXCEPTION 'The table % exists and is no partition.', partition USING ERRCODE = 'duplicate_table', TABLE = partition;
                    END IF;

                    EXECUTE format('CREATE TABLE {schema}.%I (LIKE {schema}.%I INCLUDING ALL)', partition, event_table);
                    EXECUTE format(
                        'ALTER TABLE {schema}.%I ATTACH PARTITION {schema}.%I FOR VALUES FROM (%L) TO (%L)',
                        event_table, partition, day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
                    created := created + 1;
                END IF;
            END LOOP;

            RETURN created;
        END $$;

        REVOKE ALL ON FUNCTION {schema}.create_partition(date) FROM PUBLIC;
        """;

    /// <summary>
    /// A partition is dropped when its last moment is too old by the clocks of both the server and the host that asks. If a query is reading the table, the rest of
    /// its partitions is left for the next time, because all other sessions would have to wait behind the one that waits to drop them. One call drops some partitions, the
    /// oldest first, because it holds the locks of all of them, and makes other sessions wait, until its transaction ends.
    /// </summary>
    private const string DropPartitions = """
        CREATE FUNCTION {schema}.drop_partitions(keep interval, asked_at timestamptz, OUT dropped integer, OUT in_use integer, OUT has_more boolean)
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '200ms' AS $$
        DECLARE
            max_dropped CONSTANT integer := 32;
            cutoff text := to_char(greatest((least(now(), asked_at) AT TIME ZONE 'UTC' - keep)::date, DATE '1970-01-01'), 'YYYYMMDD');
            used_tables name[] := '{}';
            event_table name;
            partition name;
        BEGIN
            IF keep < INTERVAL '1 day' THEN
                RAISE EXCEPTION 'Events are kept for at least a day, and not for %.', keep USING ERRCODE = 'invalid_parameter_value';
            END IF;

            dropped := 0;
            has_more := false;
            FOR event_table, partition IN
                SELECT parent.relname, child.relname
                FROM pg_inherits
                    JOIN pg_class AS child ON child.oid = inhrelid
                    JOIN pg_class AS parent ON parent.oid = inhparent
                WHERE parent.relnamespace = to_regnamespace('{schema}') AND child.relnamespace = parent.relnamespace
                    AND parent.relname = ANY (ARRAY['exposures', 'outcomes', 'metrics', 'assignments', 'analysis_signals', 'errors', 'accounts', 'other_events'])
                    AND child.relname ~ '_[0-9]{8}$' AND right(child.relname, 8) < cutoff
                ORDER BY right(child.relname, 8), parent.relname
            LOOP
                CONTINUE WHEN event_table = ANY (used_tables);
                IF dropped = max_dropped THEN
                    has_more := true;
                    EXIT;
                END IF;

                BEGIN
                    EXECUTE format('DROP TABLE IF EXISTS {schema}.%I', partition);
                    dropped := dropped + 1;
                EXCEPTION WHEN lock_not_available THEN
                    used_tables := used_tables || event_table;
                END;
            END LOOP;

            in_use := cardinality(used_tables);
        END $$;

        REVOKE ALL ON FUNCTION {schema}.drop_partitions(interval, timestamptz) FROM PUBLIC;
        """;

    public static SchemaComponent Component { get; } = new("events", [Tables + CreatePartition + DropPartitions]);
}
