namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>
/// The tables of the outbox. A process that has it open is an owner, and holds an advisory lock for its id as long as its session lasts; the row of an owner
/// without a lock was left by a process that has ended. Names are compared byte by byte, whatever the collation of the database.
/// </summary>
internal static class OutboxSchema
{
    public static SchemaComponent Component { get; } = new("outbox", ["""
        CREATE TABLE {schema}.outbox_owners (
            owner uuid PRIMARY KEY,
            application text COLLATE "C" NOT NULL,
            started_at timestamptz NOT NULL DEFAULT now());
        CREATE INDEX outbox_owners_application ON {schema}.outbox_owners (application);

        CREATE TABLE {schema}.outbox_events (
            owner uuid NOT NULL,
            destination text COLLATE "C" NOT NULL,
            position bigint NOT NULL,
            stored_at timestamptz NOT NULL,
            experiment text NOT NULL,
            variant text NOT NULL,
            size integer NOT NULL,
            envelope text NOT NULL,
            PRIMARY KEY (owner, destination, position));
        """]);
}
