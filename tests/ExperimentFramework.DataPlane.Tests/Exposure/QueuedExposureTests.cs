using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Exposure;

/// <summary>What the worker finds out about exposures that were noted, long after the calls.</summary>
public sealed class QueuedExposureTests
{
    private readonly RecordingBackplane _destination = new();

    private IEnumerable<ExposureEvent> Exposures => _destination.Events.Select(envelope => envelope.Payload).OfType<ExposureEvent>();

    [Fact]
    public async Task A_window_is_measured_by_when_the_calls_were_made()
    {
        await using var fixture = DataPlaneFixture.Queued(_destination, trial => trial.Using(new FixedSelector("b")), options =>
        {
            options.RepeatWindow = TimeSpan.FromSeconds(10);
            options.FlushInterval = TimeSpan.FromMinutes(1);
        });
        var greeter = fixture.Get<IGreeter>();

        greeter.Greet("u1");
        fixture.Time.Advance(TimeSpan.FromSeconds(9));
        greeter.Greet("u1");
        fixture.Time.Advance(TimeSpan.FromSeconds(10));
        greeter.Greet("u1");
        await Flush(fixture);

        Assert.Equal([false, true, false], Exposures.Select(exposure => exposure.IsRepeatExposure));
    }

    [Fact]
    public async Task Exposures_of_several_threads_come_in_the_order_in_which_they_were_noted()
    {
        var slow = new Flaky { Failure = new InvalidOperationException("slow and broken") };
        await using var fixture = DataPlaneFixture.Bare(options => options.FlushInterval = TimeSpan.FromMinutes(1), services => services
            .AddSingleton<IDataBackplane>(_destination).AddSingleton<Hello>().AddSingleton<SteadyFlaky>().AddSingleton(slow)
            .AddExperimentFramework(experiments => experiments
                .WithExposureLogging()
                .Trial<IGreeter>(trial => trial.AddControl<Hello>())
                .Trial<IGuarded>(trial => trial
                    .AddControl<SteadyFlaky>().AddVariant<Flaky>("b").Using(new FixedSelector("b")).OnErrorFallbackToControl())));
        var (greeter, guarded) = (fixture.Get<IGreeter>(), fixture.Get<IGuarded>());

        // Another call is made and noted while the variant takes its time to fail.
        slow.OnRun = () =>
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(1));
            var other = new Thread(() => greeter.Greet("quick"));
            other.Start();
            other.Join();
            fixture.Time.Advance(TimeSpan.FromSeconds(1));
        };
        guarded.Run("slow");
        await Flush(fixture);

        Assert.Equal(["quick", "slow"], Exposures.Select(exposure => exposure.SubjectId));
        Assert.True(Exposures.First().Timestamp > Exposures.Last().Timestamp);
    }

    [Theory]
    [InlineData(ExposureSemantics.OnDecision)]
    [InlineData(ExposureSemantics.OnFirstUse)]
    public async Task A_change_is_published_before_the_exposure_that_brought_it_with_its_time_and_inside_the_same_flush(ExposureSemantics semantics)
    {
        var answer = "control";
        await using var fixture = DataPlaneFixture.Queued(_destination, trial => trial.Using(new FuncSelector(() => answer)).WithSemantics(semantics));
        var greeter = fixture.Get<IGreeter>();

        greeter.Greet("u1");
        answer = "b";
        fixture.Time.Advance(TimeSpan.FromMilliseconds(5));
        var changedAt = fixture.Time.GetUtcNow();
        greeter.Greet("u1");
        await fixture.Get<IEventPublisher>().FlushAsync();

        Assert.Equal(
            [DataPlaneEventType.Exposure, DataPlaneEventType.Assignment, DataPlaneEventType.Exposure],
            _destination.Events.Select(envelope => envelope.EventType));
        Assert.All(_destination.Events.Skip(1), envelope => Assert.Equal(changedAt, envelope.Timestamp));
        Assert.Equal(3, _destination.Events.Select(envelope => envelope.EventId).Distinct().Count());
        var change = Assert.IsType<AssignmentEvent>(_destination.Events[1].Payload);
        Assert.Equal(("u1", "control", "b"), (change.SubjectId, change.PreviousVariantKey, change.NewVariantKey));
    }

    [Fact]
    public async Task A_change_is_published_once_with_the_exposure_that_is_enqueued_and_not_with_one_that_was_lost()
    {
        var answer = "control";
        await using var fixture = DataPlaneFixture.Queued(_destination, trial => trial.Using(new FuncSelector(() => answer)).WithSemantics(ExposureSemantics.OnFirstUse), options =>
        {
            (options.MaxQueueSize, options.BatchSize, options.EnableErrorEvents) = (2, 1, false);
            options.FailureMode = BackplaneFailureMode.Block;
            options.RequiredDestinations.Add(nameof(RecordingBackplane));
            options.PublishTimeout = TimeSpan.FromHours(1);
        });
        var greeter = fixture.Get<IGreeter>();
        greeter.Greet("u1");
        await Flush(fixture);
        _destination.Gate = new TaskCompletionSource();
        for (var i = 0; fixture.Dropped("greeting", "control", DropReasons.Timeout) == 0; i++)
        {
            await GreetAsync($"other{i}");
        }

        answer = "b";
        await GreetAsync("u1");
        Assert.Equal(1, fixture.Dropped("greeting", "b", DropReasons.Timeout));
        _destination.Gate.SetResult();
        await Flush(fixture);
        await GreetAsync("u1");
        await Flush(fixture);

        Assert.Equal([("u1", "control", "b")], _destination.Events.Select(envelope => envelope.Payload).OfType<AssignmentEvent>()
            .Select(change => (change.SubjectId!, change.PreviousVariantKey, change.NewVariantKey)));
        Assert.Equal(["b"], Exposures.Where(exposure => exposure.SubjectId == "u1").Skip(1).Select(exposure => exposure.VariantKey));

        // The caller's thread waits in virtual time.
        async Task GreetAsync(string subject) => await fixture.Time.AdvanceUntil(Task.Run(() => greeter.Greet(subject)));
    }

    [Fact]
    public async Task A_change_that_is_dropped_with_its_exposure_after_the_end_is_counted_too()
    {
        var answer = "b";
        var fixture = DataPlaneFixture.Queued(_destination, trial => trial.Using(new FuncSelector(() => answer)).WithSemantics(ExposureSemantics.OnFirstUse));
        var drops = fixture.Get<DropLedger>();
        var greeter = fixture.Get<IGreeter>();
        greeter.Greet("other");
        answer = "control";
        greeter.Greet("u1");
        await fixture.DisposeAsync();
        Assert.Equal(0, drops.Lost);

        answer = "b";
        greeter.Greet("u1");

        Assert.Equal(2, drops.Lost);
    }

    [Fact]
    public async Task A_change_is_not_published_if_assignment_events_are_switched_off()
    {
        var answer = "control";
        await using var fixture = DataPlaneFixture.Queued(
            _destination, trial => trial.Using(new FuncSelector(() => answer)), options => options.EnableAssignmentEvents = false);
        var greeter = fixture.Get<IGreeter>();

        greeter.Greet("u1");
        answer = "b";
        greeter.Greet("u1");
        await Flush(fixture);

        Assert.Equal(["control", "b"], Exposures.Select(exposure => exposure.VariantKey));
        Assert.Equal(2, _destination.Events.Count);
    }

    [Fact]
    public async Task A_clock_that_records_events_itself_costs_no_exposure()
    {
        var clock = new RecordingClock();
        await using var fixture = DataPlaneFixture.Bare(options => options.FlushInterval = TimeSpan.FromMinutes(1), services => services
            .AddSingleton<TimeProvider>(clock)
            .AddSingleton<IDataBackplane>(_destination).AddSingleton<Hello>().AddSingleton<Bonjour>()
            .AddExperimentFramework(experiments => experiments
                .WithExposureLogging()
                .Trial<IGreeter>(trial => trial.AddControl<Hello>().AddVariant<Bonjour>("b").Using(new FixedSelector("b")))));
        var greeter = fixture.Get<IGreeter>();
        var metrics = fixture.Get<IMetricRecorder>();
        greeter.Greet("u0");

        clock.OnRead = () => _ = metrics.RecordAsync("read", 1, new MetricDetails { SubjectId = "clock" }).AsTask();
        string[] subjects = ["u1", "u2", "u3"];
        foreach (var subject in subjects)
        {
            greeter.Greet(subject);
        }

        clock.OnRead = null;
        await Flush(fixture);
        Assert.Equal(["u0", .. subjects], Exposures.Select(exposure => exposure.SubjectId));
        Assert.InRange(clock.Reads, subjects.Length, int.MaxValue);
        Assert.Equal(clock.Reads, _destination.Events.Count(envelope => envelope.Payload is MetricEvent));
    }

    private static Task Flush(DataPlaneFixture fixture) => fixture.Time.AdvanceUntil(fixture.Get<IEventPublisher>().FlushAsync().AsTask(), TimeSpan.Zero);

    /// <summary>A clock that does something at each reading of the time on the thread that reads it.</summary>
    private sealed class RecordingClock : FakeTimeProvider
    {
        private int _thread;
        private bool _isBusy;

        public Action? OnRead
        {
            get;
            set => (field, _thread) = (value, Environment.CurrentManagedThreadId);
        }

        public int Reads { get; private set; }

        public override DateTimeOffset GetUtcNow()
        {
            if (OnRead is { } read && Environment.CurrentManagedThreadId == _thread && !_isBusy)
            {
                _isBusy = true;
                Reads++;
                read();
                _isBusy = false;
            }

            return base.GetUtcNow();
        }
    }
}
