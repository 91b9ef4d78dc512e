using ExperimentFramework.DataPlane.Analysis;
using ExperimentFramework.DataPlane.PostgreSql.Tests.Events;
using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests.Reading;

/// <summary>In which order and as of when events are read, and what becomes of rows that cannot be.</summary>
public sealed class PostgreSqlEventsTests(SharedServer server) : IAsyncLifetime
{
    private TestDatabase _database = null!;

    /// <summary>An event of a type that this version does not know.</summary>
    private static DataPlaneEnvelope Later => DataPlaneJson.Deserialize(
        DataPlaneJson.Serialize(TestEvents.Exposures(1, first: 1)[0]).Replace("\"eventType\":\"Exposure\"", "\"eventType\":\"Later\"", StringComparison.Ordinal));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => _database?.DisposeAsync() ?? default;

    [Fact]
    public async Task Events_of_all_tables_come_by_their_times_and_ids_each_once()
    {
        await PublishAsync(AnalysedEvents.All);

        var read = await ReadAsync();

        Assert.Equal(read.OrderBy(envelope => (envelope.Timestamp, envelope.EventId)).Select(envelope => envelope.EventId), read.Select(envelope => envelope.EventId));
        Assert.Equal(AnalysedEvents.All.Select(envelope => envelope.EventId).Distinct().Order(), read.Select(envelope => envelope.EventId).Order());
        Assert.True(read.Count > 5_000, "There are fewer events than the reader keeps in memory, so that this test says nothing.");
    }

    [Fact]
    public async Task What_is_written_while_events_are_read_is_not_among_them()
    {
        await PublishAsync(TestEvents.Exposures(3_000));
        var read = 0;

        await foreach (var _ in PostgreSqlEvents.ReadAsync(_database.Source, cancellationToken: Token))
        {
            if (read++ == 0)
            {
                await PublishAsync(TestEvents.Exposures(500, first: 3_000));
            }
        }

        Assert.Equal(3_000, read);
        Assert.Equal(3_500, (await ReadAsync()).Count);
    }

    [Fact]
    public async Task A_row_of_a_later_major_version_is_reported_without_its_values()
    {
        await PublishAsync(TestEvents.Exposures(2));
        await _database.PsqlAsync("UPDATE dataplane.exposures SET schema_version = '2.0.0', subject_id = 'hidden' WHERE event_id = (SELECT min(event_id::text)::uuid FROM dataplane.exposures)");
        var reported = new List<string>();

        var read = await PostgreSqlEvents.ReadAsync(_database.Source, onUnreadableRow: reported.Add, cancellationToken: Token).ToListAsync(Token);
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync().AsTask());

        Assert.Single(read);
        Assert.StartsWith("A row of the table dataplane.exposures is not an event that this version can read. ", Assert.Single(reported), StringComparison.Ordinal);
        Assert.Equal(reported[0], error.Message);
        Assert.DoesNotContain("hidden", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_that_cannot_be_read_hide_none_behind_them_however_many_they_are()
    {
        await PublishAsync(TestEvents.Exposures(2_500));
        await _database.PsqlAsync("UPDATE dataplane.exposures SET schema_version = '2.0.0' WHERE event_id < '000008fc-0000-7000-8000-000000000000'");
        var reported = 0;

        var read = await PostgreSqlEvents.ReadAsync(_database.Source, onUnreadableRow: _ => reported++, cancellationToken: Token).ToListAsync(Token);

        Assert.Equal((2_300, 200), (reported, read.Count));
    }

    [Fact]
    public async Task What_is_deleted_while_reading_waits_for_a_table_is_still_read()
    {
        await PublishAsync([.. TestEvents.Exposures(1), Later]);
        await using var other = await _database.Source.OpenConnectionAsync(Token);
        await using var deletion = await other.BeginTransactionAsync(Token);
        await using var command = new NpgsqlCommand("LOCK TABLE dataplane.other_events; DELETE FROM dataplane.other_events", other);
        await command.ExecuteNonQueryAsync(Token);

        var reading = ReadAsync().AsTask();
        await Eventually.Holds(async () => await _database.CountAsync("SELECT count(*) FROM pg_locks WHERE relation = 'dataplane.other_events'::regclass AND NOT granted") == 1);
        await deletion.CommitAsync(Token);

        Assert.Equal(2, (await reading).Count);
        Assert.Single(await ReadAsync());
    }

    [Fact]
    public async Task A_number_that_looks_like_one_of_another_type_in_the_table_is_read_as_it_was_published()
    {
        var values = new Dictionary<string, object?> { ["large"] = 1e17, ["whole"] = 2.0, ["long"] = 100_000_000_000_000_000L, ["money"] = 2.50m, ["many"] = new[] { 1e17, 1.5 } };
        var exposure = TestEvents.Exposures(1)[0];
        await PublishAsync([exposure with { Payload = (ExposureEvent)exposure.Payload with { Attributes = values } }]);

        var read = Assert.IsType<ExposureEvent>(Assert.Single(await ReadAsync()).Payload).Attributes!;

        Assert.All(values, value => Assert.Equal(value.Value!.GetType(), read[value.Key]!.GetType()));
        Assert.All(values, value => Assert.Equal(value.Value, read[value.Key]));
    }

    [Fact]
    public async Task Tables_that_do_not_exist_are_named_with_the_database()
    {
        var error = await Assert.ThrowsAsync<IOException>(() => ReadAsync("elsewhere").AsTask());

        Assert.Contains("PostgreSQL has no table elsewhere.exposures", error.Message, StringComparison.Ordinal);
        Assert.Contains($"database '{_database.Name}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_analyst_needs_no_more_than_to_read_the_tables()
    {
        await PublishAsync(TestEvents.Exposures(1));
        await _database.PsqlAsync("CREATE ROLE reading_analyst LOGIN; GRANT USAGE ON SCHEMA dataplane TO reading_analyst; GRANT SELECT ON dataplane.exposures, dataplane.assignments, dataplane.outcomes, dataplane.metrics, dataplane.analysis_signals, dataplane.errors, dataplane.accounts, dataplane.other_events TO reading_analyst");
        await using var source = NpgsqlDataSource.Create(_database.Server.ConnectionString(_database.Name, "reading_analyst"));

        Assert.Single(await PostgreSqlEvents.ReadAsync(source, cancellationToken: Token).ToListAsync(Token));
    }

    [Fact]
    public void A_name_that_no_schema_can_have_is_refused_at_once() =>
        Assert.Equal("schema", Assert.Throws<ArgumentException>(() => PostgreSqlEvents.ReadAsync(_database.Source, "a\"b")).ParamName);

    private async Task PublishAsync(IReadOnlyList<DataPlaneEnvelope> events)
    {
        await using var backplane = new PostgreSqlDataBackplane(_database.Source, new PostgreSqlDataBackplaneOptions { PartitionsAhead = 1 });
        await backplane.DeliveredAsync([.. events]);
    }

    private ValueTask<List<DataPlaneEnvelope>> ReadAsync(string schema = "dataplane") => PostgreSqlEvents.ReadAsync(_database.Source, schema, cancellationToken: Token).ToListAsync(Token);
}
