using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Exposure;

/// <summary>What the worker finds out about exposures that were noted, long after the calls.</summary>
public sealed class QueuedExposureTests
{
    private readonly RecordingBackplane _destination = new();

    private IEnumerable<ExposureEvent> Exposures => _destination.Events.Select(envelope => envelope.Payload).OfType<ExposureEvent>();

    [Fact]
    public async Task A_window_is_measured_by_when_the_calls_were_made()
    {
        await using var lab = DataPlaneFixture.Queued(_destination, trial => trial.Using(new FixedSelector("b")), options =>
        {
            options.RepeatWindow = TimeSpan.FromSeconds(10);
            options.FlushInterval = TimeSpan.FromMinutes(1);
        });
        var greeter = lab.Get<IGreeter>();

        greeter.Greet("u1");
        lab.Time.Advance(TimeSpan.FromSeconds(9));
        greeter.Greet("u1");
        lab.Time.Advance(TimeSpan.FromSeconds(10));
        greeter.Greet("u1");
        await Flush(lab);

        Assert.Equal([false, true, false], Exposures.Select(exposure => exposure.IsRepeatExposure));
    }

    [Fact]
    public async Task Exposures_of_several_threads_come_in_the_order_in_which_they_were_noted()
    {
        var slow = new Flaky { Failure = new InvalidOperationException("slow and broken") };
        await using var lab = DataPlaneFixture.Bare(options => options.FlushInterval = TimeSpan.FromMinutes(1), services => services
            .AddSingleton<IDataBackplane>(_destination).AddSingleton<Hello>().AddSingleton<SteadyFlaky>().AddSingleton(slow)
            .AddExperimentFramework(experiments => experiments
                .WithExposureLogging()
                .Trial<IGreeter>(trial => trial.AddControl<Hello>())
                .Trial<IGuarded>(trial => trial
                    .AddControl<SteadyFlaky>().AddVariant<Flaky>("b").Using(new FixedSelector("b")).OnErrorFallbackToControl())));
        var (greeter, guarded) = (lab.Get<IGreeter>(), lab.Get<IGuarded>());

        // Another call is made and noted while the variant takes its time to fail.
        slow.OnRun = () =>
        {
            lab.Time.Advance(TimeSpan.FromSeconds(1));
            var other = new Thread(() => greeter.Greet("quick"));
            other.Start();
            other.Join();
            lab.Time.Advance(TimeSpan.FromSeconds(1));
        };
        guarded.Run("slow");
        await Flush(lab);

        Assert.Equal(["quick", "slow"], Exposures.Select(exposure => exposure.SubjectId));
        Assert.True(Exposures.First().Timestamp > Exposures.Last().Timestamp);
    }

    [Theory]
    [InlineData(ExposureSemantics.OnDecision)]
    [InlineData(ExposureSemantics.OnFirstUse)]
    public async Task A_change_is_told_before_the_exposure_that_brought_it_with_its_time_and_inside_the_same_flush(ExposureSemantics semantics)
    {
        var answer = "control";
        await using var lab = DataPlaneFixture.Queued(_destination, trial => trial.Using(new FuncSelector(() => answer)).WithSemantics(semantics));
        var greeter = lab.Get<IGreeter>();

        greeter.Greet("u1");
        answer = "b";
        lab.Time.Advance(TimeSpan.FromMilliseconds(5));
        var changedAt = lab.Time.GetUtcNow();
        greeter.Greet("u1");
        await lab.Get<IEventPublisher>().FlushAsync();

        Assert.Equal(
            [DataPlaneEventType.Exposure, DataPlaneEventType.Assignment, DataPlaneEventType.Exposure],
            _destination.Events.Select(envelope => envelope.EventType));
        Assert.All(_destination.Events.Skip(1), envelope => Assert.Equal(changedAt, envelope.Timestamp));
        Assert.Equal(3, _destination.Events.Select(envelope => envelope.EventId).Distinct().Count());
        var change = Assert.IsType<AssignmentEvent>(_destination.Events[1].Payload);
        Assert.Equal(("u1", "control", "b"), (change.SubjectId, change.PreviousVariantKey, change.NewVariantKey));
    }

    [Fact]
    public async Task A_change_is_told_once_with_the_exposure_that_finds_room_and_not_with_one_that_was_lost()
    {
        var answer = "control";
        await using var lab = DataPlaneFixture.Queued(_destination, trial => trial.Using(new FuncSelector(() => answer)).WithSemantics(ExposureSemantics.OnFirstUse), options =>
        {
            (options.MaxQueueSize, options.BatchSize, options.EnableErrorEvents) = (2, 1, false);
            options.FailureMode = BackplaneFailureMode.Block;
            options.RequiredDestinations.Add(nameof(RecordingBackplane));
            options.PublishTimeout = TimeSpan.FromHours(1);
        });
        var greeter = lab.Get<IGreeter>();
        greeter.Greet("u1");
        await Flush(lab);
        _destination.Gate = new TaskCompletionSource();
        for (var i = 0; lab.Dropped("greeting", "control", DropReasons.Timeout) == 0; i++)
        {
            await GreetAsync($"other{i}");
        }

        answer = "b";
        await GreetAsync("u1");
        Assert.Equal(1, lab.Dropped("greeting", "b", DropReasons.Timeout));
        _destination.Gate.SetResult();
        await Flush(lab);
        await GreetAsync("u1");
        await Flush(lab);

        Assert.Equal([("u1", "control", "b")], _destination.Events.Select(envelope => envelope.Payload).OfType<AssignmentEvent>()
            .Select(change => (change.SubjectId!, change.PreviousVariantKey, change.NewVariantKey)));
        Assert.Equal(["b"], Exposures.Where(exposure => exposure.SubjectId == "u1").Skip(1).Select(exposure => exposure.VariantKey));

        // The caller's thread waits in virtual time.
        async Task GreetAsync(string subject) => await lab.Time.AdvanceUntil(Task.Run(() => greeter.Greet(subject)));
    }

    [Fact]
    public async Task A_change_that_is_dropped_with_its_exposure_after_the_end_is_counted_too()
    {
        var answer = "b";
        var lab = DataPlaneFixture.Queued(_destination, trial => trial.Using(new FuncSelector(() => answer)).WithSemantics(ExposureSemantics.OnFirstUse));
        var drops = lab.Get<DropLedger>();
        var greeter = lab.Get<IGreeter>();
        greeter.Greet("other");
        answer = "control";
        greeter.Greet("u1");
        await lab.DisposeAsync();
        Assert.Equal(0, drops.Lost);

        answer = "b";
        greeter.Greet("u1");

        Assert.Equal(2, drops.Lost);
    }

    [Fact]
    public async Task A_change_is_not_told_where_assignments_are_switched_off()
    {
        var answer = "control";
        await using var lab = DataPlaneFixture.Queued(
            _destination, trial => trial.Using(new FuncSelector(() => answer)), options => options.EnableAssignmentEvents = false);
        var greeter = lab.Get<IGreeter>();

        greeter.Greet("u1");
        answer = "b";
        greeter.Greet("u1");
        await Flush(lab);

        Assert.Equal(["control", "b"], Exposures.Select(exposure => exposure.VariantKey));
        Assert.Equal(2, _destination.Events.Count);
    }

    private static Task Flush(DataPlaneFixture lab) => lab.Time.AdvanceUntil(lab.Get<IEventPublisher>().FlushAsync().AsTask(), TimeSpan.Zero);
}
