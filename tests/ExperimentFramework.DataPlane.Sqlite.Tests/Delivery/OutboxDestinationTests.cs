using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Sqlite.Tests.Delivery
{
    /// <summary>Whose events wait in the outbox: by the full name of the destination's type, and what becomes of those whose destination is gone.</summary>
    public sealed class OutboxDestinationTests : IDisposable
    {
        private readonly TemporaryFolder _folder = new();
        private readonly FakeTimeProvider _time = new(StoredEvents.Begin);
        private readonly List<string> _lost = [];

        [Fact]
        public async Task Two_classes_of_one_simple_name_keep_their_events_when_they_are_registered_in_another_order()
        {
            await PublishAsync(new First.Backplane(isUp: false), new Second.Backplane(isUp: true));

            var first = new First.Backplane(isUp: true);
            var second = new Second.Backplane(isUp: true);
            await PublishAsync(second, first);

            Assert.Equal(["u", "u"], first.Subjects);
            Assert.Equal(["u"], second.Subjects);
        }

        [Fact]
        public void A_file_that_names_destinations_by_simple_names_is_taken_over_by_the_first_of_that_name()
        {
            using (var outbox = Open())
            {
                outbox.Append("Backplane", 0, 3);
                outbox.Append("Backplane#2", 0, 2);
                outbox.Append("Renamed", 0, 1);
            }

            StoredEvents.Execute(Path, "DROP TABLE schema_version; PRAGMA user_version = 1;");
            using var reopened = Open();
            reopened.Register("A.Backplane", "Backplane", () => { });
            reopened.Register("B.Backplane", "Backplane#2", () => { });

            Assert.Equal((3, 2), (reopened.Count("A.Backplane"), reopened.Count("B.Backplane")));
            Assert.Equal((3, 2), (reopened.NextPosition("A.Backplane"), reopened.NextPosition("B.Backplane")));
            Assert.Equal(3, reopened.Read("A.Backplane").Count);
            Assert.Equal("The outbox contains events for destinations that are not registered: 1 for Renamed.", reopened.DegradedReason);
        }

        [Fact]
        public void A_simple_name_of_this_version_is_a_type_without_a_namespace_and_of_nobody_else()
        {
            using (var outbox = Open())
            {
                outbox.Append("Backplane", 0, 3);
            }

            using var reopened = Open();
            reopened.Register("A.Backplane", "Backplane", () => { });

            Assert.Equal((0, 3), (reopened.Count("A.Backplane"), reopened.Count("Backplane")));
        }

        [Fact]
        public void Events_of_a_destination_that_is_not_registered_are_said_at_start_with_name_and_count()
        {
            using (var outbox = Open())
            {
                outbox.Append("Shop.OldName", 0, 300);
            }

            var logs = new FakeLogCollector();
            using var reopened = new SqliteEventOutbox(Path, new SqliteOutboxOptions { MaxAge = TimeSpan.FromDays(2) }, _time, new FakeLogger(logs));
            reopened.Register("Shop.NewName", "NewName", () => { });
            reopened.Start(Lost);

            var line = Assert.Single(logs.GetSnapshot());
            Assert.Equal(LogLevel.Warning, line.Level);
            Assert.StartsWith($"The outbox '{Path}' contains 300 events for destination Shop.OldName, which is not registered.", line.Message, StringComparison.Ordinal);
            Assert.Equal("The outbox contains events for destinations that are not registered: 300 for Shop.OldName.", reopened.DegradedReason);
            Assert.Contains(new KeyValuePair<string, object>("unregistered:Shop.OldName", 300L), reopened.Diagnostics);
        }

        [Fact]
        public async Task They_expire_by_the_time_they_were_stored_and_make_room()
        {
            using var outbox = new SqliteEventOutbox(Path, new SqliteOutboxOptions { MaxAge = TimeSpan.FromHours(2), MaxBytes = 400_000 }, _time, NullLogger.Instance);
            Assert.InRange(outbox.Append("Shop.OldName", 0, 1_200), 501, 1_199);
            _time.Advance(TimeSpan.FromHours(1));
            var kept = (int)outbox.Count("Shop.OldName");
            outbox.Register("Shop.NewName", "NewName", () => { });
            outbox.Start(Lost);
            Assert.Equal(0, outbox.Append("Shop.NewName", 0, 1));

            // Not a moment too early.
            await _time.AdvanceUntil(() => _time.GetUtcNow() >= StoredEvents.Begin.AddMinutes(119.5), TimeSpan.FromSeconds(30));
            Assert.Equal(kept, outbox.Count("Shop.OldName"));
            await _time.AdvanceUntil(() => outbox.Count("Shop.OldName") < kept, TimeSpan.FromSeconds(30));
            await _time.AdvanceUntil(() => outbox.Count("Shop.OldName") == 0 && _lost.Count == kept, TimeSpan.Zero);

            Assert.InRange(_time.GetUtcNow() - StoredEvents.Begin, TimeSpan.FromHours(2), TimeSpan.FromHours(3));
            Assert.Equal(Enumerable.Repeat("exp/b/outbox_expired", kept), _lost);
            Assert.Null(outbox.DegradedReason);
            Assert.Equal(1, outbox.Append("Shop.NewName", 0, 1));
        }

        [Fact]
        public async Task An_event_of_a_registered_destination_expires_when_it_is_read_and_not_before_its_time()
        {
            using var outbox = new SqliteEventOutbox(Path, new SqliteOutboxOptions { MaxAge = TimeSpan.FromHours(2) }, _time, NullLogger.Instance);
            outbox.Register("d", "d", () => { });
            outbox.Append("d", 0, 1);
            outbox.Start(Lost);
            await _time.AdvanceUntil(() => _time.GetUtcNow() >= StoredEvents.Begin.AddHours(2), TimeSpan.FromMinutes(1));

            // Exactly as old as it may be.
            Assert.Equal(StoredEvents.Begin.AddHours(2), _time.GetUtcNow());
            Assert.Single(outbox.Read("d", lost: _lost));
            await _time.AdvanceUntil(() => _time.GetUtcNow() >= StoredEvents.Begin.AddHours(3), TimeSpan.FromMinutes(1));
            Assert.Equal((1, 0), (outbox.Count("d"), _lost.Count));

            Assert.Empty(outbox.Read("d", lost: _lost));
            Assert.Equal(["exp/b/outbox_expired"], _lost);
        }

        [Fact]
        public void Events_under_a_simple_name_come_before_those_that_are_there_already()
        {
            using (var outbox = Open())
            {
                outbox.Append("Backplane", 4, 3);
            }

            StoredEvents.Execute(Path, "UPDATE schema_version SET version = 1;");
            using var reopened = Open();
            reopened.Append("A.Backplane", 5, 2);
            reopened.Register("A.Backplane", "Backplane", () => { });

            Assert.Equal([.. new[] { 4, 5, 6, 5, 6 }.Select(i => $"subject-{i}@example.com")], reopened.Read("A.Backplane").Subjects());
        }

        [Fact]
        public void A_clock_that_is_wrong_for_half_a_second_expires_nothing()
        {
            var time = new JumpingClock(StoredEvents.Begin);
            using var outbox = new SqliteEventOutbox(Path, new SqliteOutboxOptions(), time, NullLogger.Instance);
            outbox.Append("d", 0, 300);
            time.Advance(TimeSpan.FromMinutes(10));
            Assert.Equal(300, outbox.Read("d", lost: _lost).Count);

            time.Jump(TimeSpan.FromDays(8));
            Assert.Equal(300, outbox.Read("d", lost: _lost).Count);
            time.Advance(TimeSpan.FromSeconds(0.5));
            Assert.Equal(300, outbox.Read("d", lost: _lost).Count);
            time.Jump(TimeSpan.FromDays(-8));
            Assert.Equal(300, outbox.Read("d", lost: _lost).Count);

            Assert.Empty(_lost);
        }

        [Fact]
        public void A_process_that_starts_with_a_wrong_clock_expires_nothing_at_once()
        {
            using (var outbox = Open())
            {
                outbox.Append("d", 0, 300);
            }

            var time = new JumpingClock(StoredEvents.Begin.AddDays(8));
            using var reopened = new SqliteEventOutbox(Path, new SqliteOutboxOptions(), time, NullLogger.Instance);

            Assert.Equal(300, reopened.Read("d", lost: _lost).Count);
            time.Advance(TimeSpan.FromMinutes(1));
            Assert.Empty(reopened.Read("d", lost: _lost));
            Assert.Equal(300, _lost.Count);
        }

        public void Dispose() => _folder.Dispose();

        private string Path => _folder.File("outbox.db");

        private SqliteEventOutbox Open() => new(Path, new SqliteOutboxOptions(), _time, NullLogger.Instance);

        private void Lost(OutboxDrop dropped) => _lost.Add($"{dropped.ExperimentName}/{dropped.VariantKey}/{dropped.Reason}");

        private async Task PublishAsync(params IDataBackplane[] backplanes)
        {
            var builder = Host.CreateEmptyApplicationBuilder(null);
            builder.Services.AddDataBackplane(options => options.EnableAccountingEvents = false).AddSqliteOutbox(Path);
            foreach (var backplane in backplanes)
            {
                builder.Services.AddSingleton(backplane);
            }

            using var host = builder.Build();
            await host.StartAsync().WaitAsync(TimeSpan.FromSeconds(60));
            var publisher = host.Services.GetRequiredService<EventPublisher>();
            await publisher.PublishAsync((ExposureEvent)StoredEvents.Envelope("u").Payload);
            await publisher.FlushAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));
            foreach (var up in backplanes.OfType<NamedBackplane>().Where(backplane => backplane.IsUp))
            {
                await Eventually.Holds(() => up.Subjects.Count >= 1);
            }

            var outbox = host.Services.GetRequiredService<IEventOutbox>();
            if (backplanes.OfType<NamedBackplane>().All(backplane => backplane.IsUp))
            {
                await Eventually.Holds(() => publisher.Pipeline.Destinations.All(destination => outbox.Count(destination.OutboxKey) == 0));
            }

            await host.StopAsync().WaitAsync(TimeSpan.FromSeconds(60));
        }
    }

    /// <summary>A destination that is up or down.</summary>
    internal abstract class NamedBackplane(bool isUp) : AcceptingBackplane
    {
        private readonly Lock _lock = new();
        private readonly List<string> _subjects = [];

        public bool IsUp => isUp;

        public IReadOnlyList<string> Subjects
        {
            get
            {
                lock (_lock)
                {
                    return [.. _subjects];
                }
            }
        }

        public override ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default)
        {
            if (!isUp)
            {
                throw new IOException("down");
            }

            lock (_lock)
            {
                _subjects.Add(((ExposureEvent)envelope.Payload).SubjectId!);
            }

            return ValueTask.CompletedTask;
        }
    }
}

namespace ExperimentFramework.DataPlane.Sqlite.Tests.Delivery.First
{
    internal sealed class Backplane(bool isUp) : NamedBackplane(isUp);
}

namespace ExperimentFramework.DataPlane.Sqlite.Tests.Delivery.Second
{
    internal sealed class Backplane(bool isUp) : NamedBackplane(isUp);
}
