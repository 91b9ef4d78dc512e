using ExperimentFramework.DataPlane.Tests.Delivery;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests.Events;

/// <summary>An event that a rule of the user refuses waits alone until the rule is removed: it is neither lost nor reported as delivered.</summary>
public sealed class AddedRuleTests(SharedServer server) : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => _database?.DisposeAsync() ?? default;

    [Theory]
    [InlineData("CREATE UNIQUE INDEX added ON dataplane.exposures_20260301 (experiment, subject_id)", "DROP INDEX dataplane.added", "unique index 'added' of table 'dataplane.exposures_20260301'")]
    [InlineData("CREATE UNIQUE INDEX added ON dataplane.exposures (experiment, subject_id, ts)", "DROP INDEX dataplane.added", "unique index 'exposures_20260301_")]
    [InlineData(
        "ALTER TABLE dataplane.exposures_20260301 ADD CONSTRAINT added EXCLUDE (subject_id WITH =)",
        "ALTER TABLE dataplane.exposures_20260301 DROP CONSTRAINT added", "constraint 'added' of table 'dataplane.exposures_20260301'")]
    public async Task An_event_that_another_index_refuses_waits_alone_until_the_index_is_dropped(string add, string drop, string name)
    {
        await using var backplane = new PostgreSqlDataBackplane(_database.Source, new() { PartitionsAhead = 1 });
        var stored = TestEvents.Exposures(20);
        await backplane.DeliveredAsync(stored);
        await _database.PsqlAsync(add);
        var refused = TestEvents.Exposures(1)[0] with { EventId = Guid.CreateVersion7() };

        // Alone among new events, and together with events that are stored already.
        DataPlaneEnvelope[][] batches = [[.. TestEvents.Exposures(5, first: 20), refused, .. TestEvents.Exposures(5, first: 25)], [.. stored, refused, .. TestEvents.Exposures(5, first: 30)]];
        foreach (var batch in batches)
        {
            var result = await backplane.PublishAsync(batch, TestContext.Current.CancellationToken);

            Assert.Equal(batch.Select(envelope => envelope == refused ? DeliveryStatus.TransientFailure : DeliveryStatus.Delivered), result.Statuses(batch.Length));
            Assert.Contains(name, result.Error!.Message, StringComparison.Ordinal);
            Assert.Contains("Drop it", result.Error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(35, await _database.CountAsync("SELECT count(*) FROM dataplane.exposures"));
        await _database.PsqlAsync(drop);
        await backplane.DeliveredAsync([.. stored, refused]);
        Assert.Equal(36, await _database.CountAsync("SELECT count(*) FROM dataplane.exposures"));
    }

    [Fact]
    public async Task Events_that_are_stored_already_are_delivered_although_another_unique_index_was_added()
    {
        await using var backplane = new PostgreSqlDataBackplane(_database.Source, new() { PartitionsAhead = 1 });
        DataPlaneEnvelope[] events = [.. TestEvents.Exposures(20), .. SampleEvents.Published.Select(SampleEvents.Envelope)];
        await backplane.DeliveredAsync(events);
        await _database.PsqlAsync("CREATE UNIQUE INDEX added ON dataplane.exposures_20260301 (event_id, subject_id)");

        await backplane.DeliveredAsync([.. events, .. TestEvents.Exposures(5, first: 20), .. events]);

        Assert.Equal(["26|26"], await _database.PsqlAsync("SELECT count(*), count(DISTINCT event_id) FROM dataplane.exposures"));
    }

    [Fact]
    public async Task A_constraint_affects_only_the_events_that_break_it_and_is_named()
    {
        await using var backplane = new PostgreSqlDataBackplane(_database.Source, new() { PartitionsAhead = 1 });
        await backplane.DeliveredAsync(TestEvents.Exposures(1));
        await _database.PsqlAsync("ALTER TABLE dataplane.exposures ADD CONSTRAINT added CHECK (subject_id <> 'u3')");

        var result = await backplane.PublishAsync(TestEvents.Exposures(6), TestContext.Current.CancellationToken);

        Assert.Equal(Enumerable.Range(0, 6).Select(number => number == 3 ? DeliveryStatus.TransientFailure : DeliveryStatus.Delivered), result.Statuses(6));
        Assert.Contains("constraint 'added'", result.Error!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("u3", result.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_several_faults_in_a_batch_the_one_that_somebody_can_correct_is_reported()
    {
        await using var backplane = new PostgreSqlDataBackplane(_database.Source, new() { PartitionsAhead = 1 });
        await backplane.DeliveredAsync(TestEvents.Exposures(1));
        await _database.PsqlAsync("ALTER TABLE dataplane.exposures ADD CONSTRAINT added CHECK (subject_id <> 'u1')");

        var result = await backplane.PublishAsync([.. TestEvents.Exposures(3), TestEvents.Refused(7)], TestContext.Current.CancellationToken);

        Assert.Equal([DeliveryStatus.Delivered, DeliveryStatus.TransientFailure, DeliveryStatus.Delivered, DeliveryStatus.PermanentFailure], result.Statuses(4));
        Assert.Contains("constraint 'added'", result.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_required_column_that_was_added_is_named_and_is_no_fault_of_the_events()
    {
        await using var backplane = new PostgreSqlDataBackplane(_database.Source, new() { PartitionsAhead = 1 });
        await backplane.DeliveredAsync(TestEvents.Exposures(1));
        await _database.PsqlAsync("ALTER TABLE dataplane.exposures ADD COLUMN region text NOT NULL DEFAULT 'eu'; ALTER TABLE dataplane.exposures ALTER COLUMN region DROP DEFAULT; ALTER TABLE dataplane.exposures_20260301 ALTER COLUMN region DROP DEFAULT");

        var result = await backplane.PublishAsync(TestEvents.Exposures(500, first: 1), TestContext.Current.CancellationToken);

        Assert.All(result.Statuses(500), status => Assert.Equal(DeliveryStatus.TransientFailure, status));
        Assert.Contains("column 'region' of table 'dataplane.exposures_20260301'", result.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_batch_that_a_rule_refuses_as_a_whole_is_tried_in_few_parts()
    {
        await using var backplane = new PostgreSqlDataBackplane(_database.Source, new() { PartitionsAhead = 1 });
        await backplane.DeliveredAsync(TestEvents.Exposures(1));
        await _database.PsqlAsync("CREATE SEQUENCE attempts; CREATE FUNCTION count_attempts() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM nextval('attempts'); RETURN new; END $$; CREATE TRIGGER attempts BEFORE INSERT ON dataplane.exposures_20260301 FOR EACH ROW EXECUTE FUNCTION count_attempts(); ALTER TABLE dataplane.exposures ADD CONSTRAINT added CHECK (false) NOT VALID");

        await backplane.PublishAsync(TestEvents.Exposures(500, first: 1), TestContext.Current.CancellationToken);

        // Each attempt ends at its first row.
        Assert.InRange(await _database.CountAsync("SELECT last_value FROM attempts"), 17, 60);
    }
}
