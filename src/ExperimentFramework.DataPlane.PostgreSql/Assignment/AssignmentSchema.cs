namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>
/// The table of assignments. Its key begins with the subject, so that a subject to be forgotten is found in all experiments; an absent type or tenant is empty.
/// Texts are compared byte by byte, whatever the collation of the database.
/// </summary>
internal static class AssignmentSchema
{
    public static SchemaComponent Component { get; } = new("assignments", ["""
        CREATE TABLE {schema}.subject_assignments (
            subject_id text COLLATE "C" NOT NULL,
            subject_type text COLLATE "C" NOT NULL,
            tenant_id text COLLATE "C" NOT NULL,
            experiment text COLLATE "C" NOT NULL,
            variant text NOT NULL,
            allocation_version text,
            assigned_at timestamptz NOT NULL DEFAULT now(),
            last_seen_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (subject_id, subject_type, tenant_id, experiment));
        CREATE INDEX subject_assignments_last_seen_at ON {schema}.subject_assignments (last_seen_at);
        """]);
}
