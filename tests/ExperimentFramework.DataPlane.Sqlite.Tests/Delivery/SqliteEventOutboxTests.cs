using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Sqlite.Tests.Delivery;

public sealed class SqliteEventOutboxTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly List<string> _lost = [];

    [Fact]
    public void Events_come_back_in_their_order_and_whole()
    {
        using var outbox = Open();
        var envelopes = Enumerable.Range(0, 25).Select(Envelope).ToArray();

        Assert.Equal(10, Append(outbox, envelopes[15..], 15));
        Assert.Equal(15, Append(outbox, envelopes[..15], 0));

        var read = Read(outbox, 20);
        Assert.Equal(Enumerable.Range(0, 20).Select(position => (long)position), read.Select(queued => queued.Position));
        Assert.Equal(envelopes[..20].Select(DataPlaneJson.Serialize), read.Select(queued => DataPlaneJson.Serialize(queued.Envelope)));
        outbox.Remove("d", read);
        Assert.Equal([20, 21, 22, 23, 24], Read(outbox, 20).Select(queued => queued.Position));
        Assert.Equal((5, 25), (outbox.Count("d"), outbox.NextPosition("d")));
    }

    [Fact]
    public void Destinations_know_nothing_of_one_another()
    {
        using var outbox = Open();
        Append(outbox, [Envelope(1)], 0);

        Assert.Equal((0, 0), (outbox.Count("other"), outbox.NextPosition("other")));
        Assert.Empty(Read(outbox, 10, "other"));
    }

    [Fact]
    public void What_was_stored_is_there_after_a_restart()
    {
        using (var outbox = Open())
        {
            Append(outbox, [Envelope(1), Envelope(2)], 7);
        }

        using var reopened = Open();
        Assert.Equal((2, 9), (reopened.Count("d"), reopened.NextPosition("d")));
        Assert.Equal([7, 8], Read(reopened, 10).Select(queued => queued.Position));
    }

    [Fact]
    public void No_more_bytes_are_kept_than_may_be_and_the_oldest_stay()
    {
        var size = System.Text.Encoding.UTF8.GetByteCount(DataPlaneJson.Serialize(Envelope(1)));
        using var outbox = Open(options => options.MaxBytes = 10 * size);

        Assert.Equal(10, Append(outbox, [.. Enumerable.Range(1, 9).Select(Envelope), Envelope(1), Envelope(2)], 0));
        Assert.Equal(0, Append(outbox, [Envelope(3)], 11));
        outbox.Remove("d", Read(outbox, 1));
        Assert.Equal(1, Append(outbox, [Envelope(3)], 11));
    }

    [Fact]
    public void What_is_too_old_is_counted_and_not_read()
    {
        using var outbox = Open(options => options.MaxAge = TimeSpan.FromHours(1));
        Append(outbox, [.. Enumerable.Range(0, 30).Select(Envelope)], 0);
        _time.Advance(TimeSpan.FromMinutes(59));
        Append(outbox, [Envelope(30)], 30);
        _time.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(30, Assert.Single(Read(outbox, 10)).Position);
        Assert.Equal(Enumerable.Repeat("exp/b/outbox_expired", 30), _lost);
        Assert.Equal(1, outbox.Count("d"));
    }

    [Fact]
    public void A_row_that_cannot_be_read_is_counted_and_holds_up_nothing()
    {
        using (var outbox = Open())
        {
            Append(outbox, [Envelope(0), Envelope(1), Envelope(2)], 0);
        }

        Execute("UPDATE event SET envelope = '{' WHERE position = 1;");
        using var reopened = Open();

        Assert.Equal([0, 2], Read(reopened, 10).Select(queued => queued.Position));
        Assert.Equal(["exp/b/serialization"], _lost);
        Assert.Equal(2, reopened.Count("d"));
    }

    [Fact]
    public void A_row_that_is_dropped_is_counted_once_however_often_it_cannot_be_removed()
    {
        using (var outbox = Open())
        {
            Append(outbox, [Envelope(0)], 0);
        }

        Execute("UPDATE event SET envelope = '{'; CREATE TRIGGER full BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'the disk is full'); END;");
        using (var failing = Open())
        {
            Assert.Throws<SqliteException>(() => Read(failing, 10));
            Assert.Throws<SqliteException>(() => Read(failing, 10));
        }

        Execute("DROP TRIGGER full;");
        using var reopened = Open();

        Assert.Empty(Read(reopened, 10));
        Assert.Equal(["exp/b/serialization"], _lost);
    }

    [Theory]
    [InlineData("SQLite format 3, and then nothing that could be one of its pages, so that the file is damaged at its beginning")]
    [InlineData(null)]
    public void A_damaged_file_is_set_aside_with_a_message_and_a_new_one_begun(string? content)
    {
        if (content is null)
        {
            using (var outbox = Open())
            {
                Append(outbox, [.. Enumerable.Range(0, 500).Select(Envelope)], 0);
            }

            var bytes = File.ReadAllBytes(Path);
            Array.Fill(bytes, (byte)0x5a, 4_096, bytes.Length - 8_192);
            File.WriteAllBytes(Path, bytes);
        }
        else
        {
            File.WriteAllText(Path, content);
        }

        var logs = new FakeLogCollector();
        using var reopened = new SqliteEventOutbox(Path, new SqliteOutboxOptions(), _time, new FakeLogger(logs));

        Assert.Equal(1, Append(reopened, [Envelope(1)], 0));
        Assert.True(File.Exists(Path + ".damaged-20260301T120000Z"));
        var line = Assert.Single(logs.GetSnapshot());
        Assert.Equal(LogLevel.Error, line.Level);
        Assert.Contains(".damaged-20260301T120000Z", line.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_event_that_cannot_be_written_counts_as_taken_and_its_neighbours_are_stored()
    {
        using var outbox = Open();

        Assert.Equal(3, Append(outbox, [Envelope(1), StoredEvents.Unwritable(), Envelope(2)], 0));

        Assert.Equal([0, 2], Read(outbox, 10).Select(queued => queued.Position));
        Assert.Equal(2, outbox.Count("d"));
        Assert.Equal(["exp/b/serialization"], _lost);
    }

    [Fact]
    public void A_second_user_of_the_file_is_refused_with_the_remedy()
    {
        using var first = Open();

        var error = Assert.Throws<InvalidOperationException>(() => Open());

        Assert.Contains("in use by another process or by the assignment store. Use a separate outbox for each process", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, Append(first, [Envelope(1)], 0));
    }

    [Fact]
    public void A_folder_that_is_missing_and_a_newer_file_are_refused_with_the_remedy()
    {
        Assert.Contains("Make sure that its folder exists", Assert.Throws<InvalidOperationException>(() =>
            new SqliteEventOutbox(_folder.File("missing/outbox.db"), new SqliteOutboxOptions(), _time, NullLogger.Instance)).Message, StringComparison.Ordinal);

        Open().Dispose();
        Execute("UPDATE schema_version SET version = 3;");
        Assert.Contains("has version 3, but this version of the package supports up to 2", Assert.Throws<InvalidOperationException>(() => Open()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_outside_their_ranges_stop_the_start()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSqliteOutbox(Path, options => (options.MaxBytes, options.MaxAge) = (1, TimeSpan.Zero));
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Equal("SqliteOutboxOptions.MaxBytes is 1; it must be from 4096 to 1099511627776. SqliteOutboxOptions.MaxAge is 00:00:00; it must be more than 0 and at most 365 days.", error.Message);
        Assert.Throws<InvalidOperationException>(() => new ServiceCollection().AddSqliteOutbox("a").AddSqliteOutbox("b"));
    }

    [Fact]
    public async Task Events_of_the_last_run_are_delivered_before_those_of_this_one()
    {
        await using (var first = await DeliveryFixture.StartAsync(time => new FaultyBackplane(Fault.ThrowsForEver, time), _ => { }, Path))
        {
            await first.PublishAsync(20);
            await first.FlushAsync();
        }

        FaultyBackplane backplane = null!;
        await using var second = await DeliveryFixture.StartAsync(time => backplane = new FaultyBackplane(Fault.ThrowsOnce, time), _ => { }, Path);
        var account = second.OpenAccount();
        await second.PublishAsync(20, first: 20);
        await second.FlushAsync();
        await second.PassUntil(() => account.InOutbox == 0 && backplane.Taken.Count == 40);

        Assert.Equal(Enumerable.Range(0, 40).Select(i => $"u{i}"), backplane.Taken.Select(envelope => ((ExposureEvent)envelope.Payload).SubjectId));
    }

    public void Dispose() => _folder.Dispose();

    private string Path => _folder.File("outbox.db");

    private SqliteEventOutbox Open(Action<SqliteOutboxOptions>? configure = null)
    {
        var options = new SqliteOutboxOptions();
        configure?.Invoke(options);
        return new SqliteEventOutbox(Path, options, _time, NullLogger.Instance);
    }

    private int Append(SqliteEventOutbox outbox, DataPlaneEnvelope[] envelopes, long position) =>
        outbox.Append("d", [.. envelopes.Select((envelope, i) => new QueuedEnvelope(envelope, position + i))], Lost);

    private List<QueuedEnvelope> Read(SqliteEventOutbox outbox, int max, string destination = "d")
    {
        var read = new List<QueuedEnvelope>();
        outbox.Read(destination, read, max, Lost);
        return read;
    }

    private void Lost(OutboxDrop dropped) => _lost.Add($"{dropped.ExperimentName}/{dropped.VariantKey}/{dropped.Reason}");

    private void Execute(string script)
    {
        using var connection = new SqliteConnection($"Data Source={Path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = script;
        command.ExecuteNonQuery();
    }

    private DataPlaneEnvelope Envelope(int number) => new()
    {
        EventId = new Guid(number, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 0),
        Timestamp = _time.GetUtcNow(),
        EventType = DataPlaneEventType.Exposure,
        SchemaVersion = "1.0.0",
        Payload = new ExposureEvent
        {
            ExperimentName = "exp",
            VariantKey = "b",
            SubjectId = "u",
            SelectionReason = "test",
            Timestamp = _time.GetUtcNow(),
            Attributes = new Dictionary<string, object?> { ["n"] = (long)number % 10, ["text"] = "ü" },
        },
    };
}
