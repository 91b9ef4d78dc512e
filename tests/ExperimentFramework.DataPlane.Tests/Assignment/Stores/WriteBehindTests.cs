using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Assignment;

/// <summary>What was served while a store did not answer is written when it does, whether or not the subject returns.</summary>
public sealed class WriteBehindTests
{
    private readonly FaultyStore _store = new(isShared: true);
    private readonly FixedSelector _selector = new("b");

    [Fact]
    public async Task Subjects_that_never_return_are_in_the_store_once_it_is_back()
    {
        await using var fixture = Sticky();
        await MissAsync(fixture, 200);

        _store.IsDown = false;
        await UntilAsync(fixture, "write_behind_written", 200);

        Assert.All(Enumerable.Range(0, 200), i => Assert.Equal("b", _store.Standing($"u{i}")));
        Assert.Equal(0L, await NumberAsync(fixture, "write_behind_pending"));
        _selector.Variant = "control";
        await using var restarted = Sticky();
        Assert.All(Enumerable.Range(0, 200), i => Assert.Equal("bonjour", restarted.Get<IGreeter>().Greet($"u{i}")));
    }

    [Fact]
    public async Task What_is_served_again_meanwhile_waits_once_and_the_first_answer_counts()
    {
        await using var fixture = Sticky();
        await MissAsync(fixture, 1);
        fixture.Time.Advance(TimeSpan.FromSeconds(5));
        await MissAsync(fixture, 1);

        Assert.Equal(1L, await NumberAsync(fixture, "write_behind_pending"));
    }

    [Fact]
    public async Task Of_two_assignments_of_one_subject_the_one_that_was_served_first_is_written()
    {
        var time = new FakeTimeProvider();
        await using var guarded = new AssignmentStoreCircuitBreaker(_store, TimeSpan.FromSeconds(1), 10, time, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        var key = new AssignmentKey("greeting", "u1", "user");

        guarded.WriteBehind.Enqueue(key, new StoredAssignment("b"));
        guarded.WriteBehind.Enqueue(key, new StoredAssignment("control"));
        await time.AdvanceUntil(() => guarded.WriteBehind.Count == 0, TimeSpan.FromSeconds(1));

        Assert.Equal("b", _store.Standing("u1"));
        Assert.Equal([("written", 1L), ("superseded", 0L), ("fault", 0L), ("dropped", 0L)], guarded.WriteBehind.Rows);
    }

    [Fact]
    public async Task A_host_that_wrote_first_wins_and_the_change_is_recorded_when_the_subject_returns()
    {
        await using var fixture = Sticky();
        await MissAsync(fixture, 1);
        _store.Put("u0", "control");

        _store.IsDown = false;
        await UntilAsync(fixture, "write_behind_superseded", 1);
        Assert.Empty(fixture.Changes);
        Assert.Equal("control", _store.Standing("u0"));

        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("hello", fixture.Get<IGreeter>().Greet("u0"));
        Assert.Equal([("b", "control", "policy")], fixture.ChangesOf("u0"));
    }

    [Fact]
    public async Task Control_that_stands_in_for_a_fault_is_not_written_behind()
    {
        _selector.Failure = new InvalidOperationException("selector down");
        await using var fixture = Sticky();
        await MissAsync(fixture, 3);

        Assert.Equal(0L, await NumberAsync(fixture, "write_behind_pending"));
    }

    [Fact]
    public async Task What_finds_no_room_is_counted_and_said_once()
    {
        await using var fixture = Sticky(options => options.AssignmentCacheCapacity = 10);
        await MissAsync(fixture, 15);

        Assert.Equal((10L, 5L), (await NumberAsync(fixture, "write_behind_pending"), await NumberAsync(fixture, "write_behind_dropped")));
        Assert.Single(fixture.Logs, record => record.Message.Contains("10 assignments are pending", StringComparison.Ordinal));
        _store.IsDown = false;
        await UntilAsync(fixture, "write_behind_written", 10);
        Assert.Equal("b", _store.Standing("u9"));
        Assert.Null(_store.Standing("u10"));
    }

    [Fact]
    public async Task A_subject_whose_row_is_damaged_keeps_nobody_behind_it_waiting()
    {
        await using var fixture = Sticky();
        await MissAsync(fixture, 3);
        _store.Fault = subject => subject == "u1" ? new FormatException() : null;
        _store.IsDown = false;

        await UntilAsync(fixture, "write_behind_written", 2);

        Assert.Equal(1L, await NumberAsync(fixture, "write_behind_fault"));
        Assert.Equal(0L, await NumberAsync(fixture, "write_behind_pending"));
    }

    [Fact]
    public async Task A_forgotten_subject_is_not_written_behind()
    {
        await using var fixture = Sticky();
        await MissAsync(fixture, 2);
        await using (var scope = fixture.Scope())
        {
            await scope.ServiceProvider.GetRequiredService<ISubjectAssignments>().ForgetAsync("u0", "user");
        }

        _store.IsDown = false;
        await UntilAsync(fixture, "write_behind_written", 1);

        Assert.Null(_store.Standing("u0"));
        Assert.Equal("b", _store.Standing("u1"));
        Assert.Equal(0L, await NumberAsync(fixture, "write_behind_pending"));
    }

    [Fact]
    public async Task A_subject_that_is_forgotten_while_it_is_being_written_is_deleted_again()
    {
        await using var fixture = Sticky();
        await MissAsync(fixture, 1);
        _store.Hang = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var before = _store.Questions;
        _store.IsDown = false;
        await fixture.Time.AdvanceUntil(() => _store.Questions > before, TimeSpan.FromSeconds(1));
        await using (var scope = fixture.Scope())
        {
            await scope.ServiceProvider.GetRequiredService<ISubjectAssignments>().ForgetAsync("u0", "user");
        }

        _store.Hang.SetResult();

        // Without time passing, in which the question would be given up.
        await fixture.Time.AdvanceUntil(() => NumberAsync(fixture, "write_behind_written").GetAwaiter().GetResult() == 1, TimeSpan.Zero);
        await fixture.Time.AdvanceUntil(() => _store.Standing("u0") is null, TimeSpan.Zero);
    }

    [Fact]
    public async Task A_subject_that_is_forgotten_while_it_is_being_written_and_returns_keeps_its_new_assignment()
    {
        var time = new FakeTimeProvider();
        await using var guarded = new AssignmentStoreCircuitBreaker(_store, TimeSpan.FromSeconds(1), 10, time, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        var key = new AssignmentKey("greeting", "u1", "user");
        _store.Hang = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        guarded.WriteBehind.Enqueue(key, new StoredAssignment("b"));
        await time.AdvanceUntil(() => _store.Questions > 0, TimeSpan.FromSeconds(1));

        await guarded.ForgetAsync("u1", "user", null, TestContext.Current.CancellationToken);
        guarded.WriteBehind.Enqueue(key, new StoredAssignment("control"));
        _store.Hang.SetResult();
        await time.AdvanceUntil(() => guarded.WriteBehind.Count == 0, TimeSpan.Zero);

        Assert.Equal("control", _store.Standing("u1"));
        Assert.Equal([("written", 2L), ("superseded", 0L), ("fault", 0L), ("dropped", 0L)], guarded.WriteBehind.Rows);
    }

    [Fact]
    public async Task The_end_writes_what_waits_if_the_store_answers_and_says_what_is_lost_if_not()
    {
        var fixture = Sticky();
        await MissAsync(fixture, 5);
        var logs = fixture.Get<FakeLogCollector>();
        _store.IsDown = false;
        fixture.Time.Advance(TimeSpan.FromMilliseconds(900));
        await fixture.DisposeAsync();

        Assert.All(Enumerable.Range(0, 5), i => Assert.Equal("b", _store.Standing($"u{i}")));
        Assert.DoesNotContain(logs.GetSnapshot(), record => record.Message.Contains("were never written", StringComparison.Ordinal));

        var other = Sticky();
        logs = other.Get<FakeLogCollector>();
        _store.IsDown = true;
        other.Get<IGreeter>().Greet("lost");
        await other.DisposeAsync();

        Assert.Single(logs.GetSnapshot(), record => record.Level == LogLevel.Warning
            && record.Message.StartsWith("1 assignments that were served while assignment store FaultyStore was unavailable were never written", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_end_queries_a_store_whose_next_probe_is_not_due_yet()
    {
        await using var guarded = Unavailable(3);
        Assert.False(guarded.CanEnter);
        _store.IsDown = false;

        await guarded.DisposeAsync();

        Assert.All(Enumerable.Range(0, 3), i => Assert.Equal("b", _store.Standing($"u{i}", "greeting")));
    }

    [Fact]
    public async Task The_end_gives_up_at_the_first_assignment_that_a_store_does_not_accept()
    {
        await using var guarded = Unavailable(3);
        var before = _store.Questions;

        await guarded.DisposeAsync();

        Assert.Equal(before + 1, _store.Questions);
    }

    [Fact]
    public async Task A_queue_that_is_full_again_in_a_later_outage_is_said_again_and_one_that_is_closed_is_not_full()
    {
        var time = new FakeTimeProvider();
        var logs = new FakeLogCollector();
        await using var guarded = new AssignmentStoreCircuitBreaker(_store, TimeSpan.FromSeconds(1), 2, time, new FakeLogger(logs));
        for (var outage = 1; outage <= 2; outage++)
        {
            _store.IsDown = true;
            Enqueue(4);
            Assert.Equal(outage, Full());
            _store.IsDown = false;
            await time.AdvanceUntil(() => guarded.WriteBehind.Count == 0, TimeSpan.FromSeconds(1));
            time.Advance(TimeSpan.FromMinutes(2));
        }

        Enqueue(1);
        time.Advance(TimeSpan.FromMinutes(2));
        await guarded.DisposeAsync();
        Enqueue(4);
        Assert.Equal(2, Full());

        void Enqueue(int count)
        {
            for (var i = 0; i < count; i++)
            {
                guarded.WriteBehind.Enqueue(new AssignmentKey("greeting", $"u{i}"), new StoredAssignment("b"));
            }
        }

        int Full() => logs.GetSnapshot().Count(record => record.Id.Name == "WriteBehindFull");
    }

    [Fact]
    public async Task Instruments_show_questions_time_outs_the_state_and_what_is_written_behind()
    {
        await using var fixture = Sticky();
        var factory = fixture.Get<IMeterFactory>();
        fixture.Get<IGreeter>().Greet("known");
        using var asks = new MetricCollector<long>(factory, DeliveryMetrics.MeterName, "dataplane.assignment.store.asks");
        using var away = new MetricCollector<int>(factory, DeliveryMetrics.MeterName, "dataplane.assignment.store.away");
        using var pending = new MetricCollector<long>(factory, DeliveryMetrics.MeterName, "dataplane.assignment.store.write_behind.pending");
        using var behind = new MetricCollector<long>(factory, DeliveryMetrics.MeterName, "dataplane.assignment.store.write_behind");
        _store.Fault = subject => subject == "bad" ? new FormatException() : new TimeoutException();
        fixture.Get<IGreeter>().Greet("bad");
        for (var i = 0; i < 7; i++)
        {
            fixture.Get<IGreeter>().Greet($"u{i}");
        }

        Assert.Equal([("answered", 1L), ("fault", 1L), ("skipped", 2L), ("timeout", 5L), ("unreachable", 0L)], ByResult(asks));
        Assert.Equal(1, Last(away));
        Assert.Equal(7, Last(pending));

        _store.Fault = null;
        await UntilAsync(fixture, "write_behind_written", 7);

        Assert.Equal(0, Last(away));
        Assert.Equal(0, Last(pending));
        Assert.Equal([("dropped", 0L), ("fault", 0L), ("superseded", 0L), ("written", 7L)], ByResult(behind));
    }

    /// <summary>A breaker that a fault of the store has just opened, with assignments that wait, on a clock that stands still.</summary>
    private AssignmentStoreCircuitBreaker Unavailable(int pending)
    {
        var guarded = new AssignmentStoreCircuitBreaker(_store, TimeSpan.FromSeconds(1), 10, new FakeTimeProvider(), new FakeLogger());
        _store.IsDown = true;
        for (var i = 0; i < pending; i++)
        {
            var key = new AssignmentKey("greeting", $"u{i}");
            Assert.True(guarded.Query(key, new StoredAssignment("b"), expected: null).IsMissed);
            guarded.WriteBehind.Enqueue(key, new StoredAssignment("b"));
        }

        return guarded;
    }

    private async Task MissAsync(DataPlaneFixture fixture, int subjects)
    {
        _store.IsDown = true;
        for (var i = 0; i < subjects; i++)
        {
            fixture.Get<IGreeter>().Greet($"u{i}");
        }

        Assert.True((await fixture.Get<IEventPublisher>().HealthAsync()).IsDegraded);
    }

    private static Task UntilAsync(DataPlaneFixture fixture, string number, long value) => fixture.Time.AdvanceUntil(
        () => NumberAsync(fixture, number).GetAwaiter().GetResult() == value, TimeSpan.FromMilliseconds(200));

    private static async Task<long> NumberAsync(DataPlaneFixture fixture, string name) =>
        (long)(await fixture.Get<IEventPublisher>().HealthAsync()).Diagnostics[$"assignment:0:FaultyStore:{name}"];

    private static T Last<T>(MetricCollector<T> collector)
        where T : struct
    {
        collector.RecordObservableInstruments();
        return collector.LastMeasurement!.Value;
    }

    private static IEnumerable<(string Result, long Value)> ByResult(MetricCollector<long> collector)
    {
        collector.RecordObservableInstruments();
        return collector.GetMeasurementSnapshot().GroupBy(measured => (string)measured.Tags["result"]!)
            .Select(measured => (measured.Key, measured.Last().Value)).Order();
    }

    private DataPlaneFixture Sticky(Action<DataPlaneOptions>? options = null) => DataPlaneFixture.Greeting(
        trial => trial.Using(_selector).WithPolicy(AssignmentPolicy.GloballySticky), options, services => services.AddAssignmentStore(_store));
}
