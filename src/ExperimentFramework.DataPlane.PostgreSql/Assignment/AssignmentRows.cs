using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>The statements on the table of assignments.</summary>
/// <param name="dataSource">The database.</param>
/// <param name="schema">The schema's name.</param>
internal sealed class AssignmentRows(NpgsqlDataSource dataSource, string schema)
{
    private const string Key = "subject_id = $1 AND subject_type = $2 AND tenant_id = $3 AND experiment = $4";

    /// <summary>The maximum number of attempts if other hosts write and delete the row in between.</summary>
    private const int MaxAttempts = 3;

    private readonly string _find = SchemaName.Apply($"SELECT variant, allocation_version, last_seen_at FROM {{schema}}.subject_assignments WHERE {Key}", schema);

    private readonly string _insert = SchemaName.Apply(
        "INSERT INTO {schema}.subject_assignments (subject_id, subject_type, tenant_id, experiment, variant, allocation_version) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING", schema);

    private readonly string _replace = SchemaName.Apply(
        $"UPDATE {{schema}}.subject_assignments SET variant = $5, allocation_version = $6, assigned_at = now(), last_seen_at = now() WHERE {Key} AND variant = $7 AND allocation_version IS NOT DISTINCT FROM $8", schema);

    private readonly string _forget = SchemaName.Apply("DELETE FROM {schema}.subject_assignments WHERE subject_id = $1 AND subject_type = $2 AND tenant_id = $3", schema);

    private readonly string _see = SchemaName.Apply($"UPDATE {{schema}}.subject_assignments SET last_seen_at = now() WHERE {Key}", schema);

    private readonly string _purge = SchemaName.Apply(
        "DELETE FROM {schema}.subject_assignments WHERE ctid = ANY (ARRAY(SELECT ctid FROM {schema}.subject_assignments WHERE last_seen_at < least(now(), $1) - $2 LIMIT $3 FOR UPDATE SKIP LOCKED))", schema);

    /// <summary>Reads an assignment and when its subject was last seen; null if there is none.</summary>
    public async Task<(StoredAssignment Assignment, DateTime LastSeenAt)?> FindAsync(AssignmentKey key, CancellationToken cancellationToken)
    {
        var command = dataSource.CreateCommand(_find);
        await using (command.ConfigureAwait(false))
        {
            AddKey(command.Parameters, key);
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                return await reader.ReadAsync(cancellationToken).ConfigureAwait(false) ? (Read(reader), reader.GetDateTime(2)) : null;
            }
        }
    }

    /// <summary>
    /// Writes an assignment unless there is one other than the expected one, in one round trip: each statement sees what was committed before it, so the last
    /// one reads whatever kept the others from writing.
    /// </summary>
    /// <returns>Null if it was written; otherwise the assignment that is kept.</returns>
    public async Task<StoredAssignment?> AssignAsync(AssignmentKey key, StoredAssignment candidate, StoredAssignment? expected, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var batch = dataSource.CreateBatch();
            await using (batch.ConfigureAwait(false))
            {
                if (expected is not null)
                {
                    Add(batch, _replace, key, candidate, expected);
                }

                Add(batch, _insert, key, candidate);
                Add(batch, _find, key);
                var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    var existing = await reader.ReadAsync(cancellationToken).ConfigureAwait(false) ? Read(reader) : null;
                    if (reader.RecordsAffected > 0)
                    {
                        return null;
                    }

                    if (existing is not null)
                    {
                        return existing;
                    }
                }
            }

            // Another host has written and deleted the row between two of the statements.
            if (attempt == MaxAttempts)
            {
                throw SafeText.Own(new InvalidOperationException("Other hosts repeatedly wrote and deleted the assignment at the same time."));
            }
        }
    }

    /// <summary>Deletes the assignments of a subject in all experiments.</summary>
    public async Task<long> ForgetAsync(string subjectId, string subjectType, string tenantId, CancellationToken cancellationToken)
    {
        var command = dataSource.CreateCommand(_forget);
        await using (command.ConfigureAwait(false))
        {
            AddText(command.Parameters, subjectId, subjectType, tenantId);
            return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Records that subjects were seen now. Rows are locked in the order of their keys, so that hosts do not deadlock.</summary>
    public async Task SeeAsync(IEnumerable<AssignmentKey> keys, CancellationToken cancellationToken)
    {
        var batch = dataSource.CreateBatch();
        await using (batch.ConfigureAwait(false))
        {
            foreach (var key in keys
                .OrderBy(key => key.SubjectId, StringComparer.Ordinal)
                .ThenBy(key => key.SubjectType, StringComparer.Ordinal)
                .ThenBy(key => key.TenantId, StringComparer.Ordinal)
                .ThenBy(key => key.ExperimentName, StringComparer.Ordinal))
            {
                Add(batch, _see, key);
            }

            await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Deletes assignments whose subjects were last seen too long ago by the clocks of both the server and the host.</summary>
    /// <returns>The number of assignments deleted: at most <paramref name="max"/>.</returns>
    public async Task<int> PurgeAsync(DateTimeOffset now, TimeSpan retention, int max, CancellationToken cancellationToken)
    {
        var command = dataSource.CreateCommand(_purge);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = now.UtcDateTime });
            command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = retention });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = max });
            return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static void Add(NpgsqlBatch batch, string sql, in AssignmentKey key, params ReadOnlySpan<StoredAssignment> assignments)
    {
        var command = new NpgsqlBatchCommand(sql);
        AddKey(command.Parameters, key);
        foreach (var assignment in assignments)
        {
            AddText(command.Parameters, assignment.VariantKey, assignment.AllocationVersion);
        }

        batch.BatchCommands.Add(command);
    }

    private static void AddKey(NpgsqlParameterCollection parameters, in AssignmentKey key) =>
        AddText(parameters, key.SubjectId, key.SubjectType ?? "", key.TenantId ?? "", key.ExperimentName);

    private static void AddText(NpgsqlParameterCollection parameters, params ReadOnlySpan<string?> values)
    {
        foreach (var value in values)
        {
            parameters.Add(new NpgsqlParameter<string?> { TypedValue = value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        }
    }

    private static StoredAssignment Read(NpgsqlDataReader reader) => new(reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1));
}
