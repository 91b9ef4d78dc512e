using System.Collections.Concurrent;
using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>The partitions that events are written to, one for each day in UTC.</summary>
/// <param name="dataSource">The database.</param>
/// <param name="schema">The schema's name.</param>
/// <param name="time">The clock.</param>
internal sealed class EventPartitions(NpgsqlDataSource dataSource, string schema, TimeProvider time)
{
    private readonly string _create = SchemaName.Apply("SELECT {schema}.create_partition($1)", schema);
    private readonly string _drop = SchemaName.Apply("SELECT dropped, in_use, has_more FROM {schema}.drop_partitions($1, $2)", schema);

    /// <summary>The days that are known to have their partitions. Another host may have dropped one since.</summary>
    private readonly ConcurrentDictionary<DateOnly, bool> _known = new();

    /// <summary>The last day that has its partitions, as far as this process knows; null before the first.</summary>
    public DateOnly? LastDay => _known.Keys is { Count: > 0 } days ? days.Max() : null;

    public static DateOnly DayOf(DateTimeOffset timestamp) => DateOnly.FromDateTime(timestamp.UtcDateTime);

    /// <summary>Whether events of that day can be stored.</summary>
    public bool Accepts(DateOnly day) =>
        day >= EventSchema.FirstDay && day.DayNumber <= DayOf(time.GetUtcNow()).DayNumber + EventSchema.MaxDaysAhead;

    /// <summary>Creates the partitions of a day, unless they are known to exist.</summary>
    public ValueTask EnsureAsync(DateOnly day, CancellationToken cancellationToken) => _known.ContainsKey(day) ? default : CreateAsync(day, cancellationToken);

    /// <summary>Creates the partitions of today and of some days after it.</summary>
    public async Task CreateAheadAsync(int days, CancellationToken cancellationToken)
    {
        var today = DayOf(time.GetUtcNow());
        for (var ahead = 0; ahead <= days; ahead++)
        {
            await CreateAsync(today.AddDays(ahead), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Drops some of the partitions whose events are all older than the retention, the oldest first.</summary>
    /// <returns>The number of partitions that were dropped, the number of tables that keep theirs because of a query, and whether another call can drop more.</returns>
    public async Task<(int Dropped, int InUse, bool HasMore)> DropAsync(TimeSpan retention, CancellationToken cancellationToken)
    {
        var command = dataSource.CreateCommand(_drop);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = retention });
            command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = time.GetUtcNow().UtcDateTime });
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                var result = (Dropped: reader.GetInt32(0), InUse: reader.GetInt32(1), HasMore: reader.GetBoolean(2));
                if (result.Dropped > 0)
                {
                    Forget();
                }

                return result;
            }
        }
    }

    /// <summary>Forgets which partitions exist, after one of them was missing.</summary>
    public void Forget() => _known.Clear();

    private async ValueTask CreateAsync(DateOnly day, CancellationToken cancellationToken)
    {
        var command = dataSource.CreateCommand(_create);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = day });
            await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
            _known[day] = true;
        }
    }
}
