using ExperimentFramework.DataPlane.Tests.Delivery;

namespace ExperimentFramework.DataPlane.Tests.Exposure;

/// <summary>What the worker finds out about exposures that were noted, long after the calls.</summary>
public sealed class QueuedExposureTests
{
    private readonly RecordingBackplane _destination = new();

    private IEnumerable<ExposureEvent> Exposures => _destination.Events.Select(envelope => envelope.Payload).OfType<ExposureEvent>();

    [Fact]
    public async Task A_window_is_measured_by_when_the_calls_were_made()
    {
        await using var lab = Lab.Queued(_destination, trial => trial.Using(new FixedSelector("b")), options =>
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
    public async Task A_change_is_told_before_the_exposure_that_brought_it_with_its_time_and_inside_the_same_flush()
    {
        var answer = "control";
        await using var lab = Lab.Queued(_destination, trial => trial.Using(new FuncSelector(() => answer)));
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
    public async Task A_change_is_not_told_where_assignments_are_switched_off()
    {
        var answer = "control";
        await using var lab = Lab.Queued(
            _destination, trial => trial.Using(new FuncSelector(() => answer)), options => options.EnableAssignmentEvents = false);
        var greeter = lab.Get<IGreeter>();

        greeter.Greet("u1");
        answer = "b";
        greeter.Greet("u1");
        await Flush(lab);

        Assert.Equal(["control", "b"], Exposures.Select(exposure => exposure.VariantKey));
        Assert.Equal(2, _destination.Events.Count);
    }

    private static Task Flush(Lab lab) => lab.Time.AdvanceUntil(lab.Get<IEventPublisher>().FlushAsync().AsTask(), TimeSpan.Zero);
}
