namespace ExperimentFramework.DataPlane.Tests.Exposure;

/// <summary>What a flow of control knows of calls that are still under way.</summary>
public sealed class PendingCallTests
{
    private static readonly Variant Control = new(0, "control", null, 0);
    private static readonly ServedExposure Answer = new(
        new Subject("u1", null, null), new Decision(Control, "fixed", null, AssignmentPolicy.BestEffort, null), Control, null);

    private readonly ServedExposureHistory _served = new();

    /// <summary>Between the first call and the last a hundred others are under way; with one more, the first is forgotten.</summary>
    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public void A_call_is_heard_of_when_it_is_answered_while_a_hundred_are_under_way_behind_it(int between, bool isHeardOf)
    {
        var first = _served.Open();
        for (var i = 0; i <= between; i++)
        {
            _served.Open();
        }

        first.Remember(Answer);

        Assert.Equal(isHeardOf ? Answer : null, _served.FindCurrent(default));
    }

    [Fact]
    public void What_was_served_before_all_of_them_is_known_however_many_they_are()
    {
        _served.Open().Remember(Answer);
        for (var i = 0; i < 1_000; i++)
        {
            _served.Open();
        }

        Assert.Same(Answer, _served.FindCurrent(default));
    }

    [Fact]
    public void A_call_that_is_made_later_in_a_flow_of_its_own_knows_what_was_served_before_and_is_the_last_one_outside()
    {
        var (before, own, nested) = (Answer, Answer with { Attributes = [] }, Answer with { Variant = Control with { Key = "nested" } });
        _served.Remember(before);
        var place = _served.Open();

        ExecutionContext.Run(ExecutionContext.Capture()!, _ =>
        {
            place.Enter();
            Assert.Same(before, _served.FindCurrent(default));
            _served.Remember(own);
            _served.Remember(nested);
            Assert.Same(nested, _served.FindCurrent(default));
        }, null);

        Assert.Same(own, _served.FindCurrent(default));
    }

    [Fact]
    public void The_subject_served_longest_ago_goes_out_when_a_thousand_and_twenty_four_are_known()
    {
        for (var i = 0; i <= 1_024; i++)
        {
            _served.Remember(Answer with { Subject = new Subject($"u{i}", null, null) });
        }

        Assert.Null(_served.FindBySubject("u0", null));
        Assert.NotNull(_served.FindBySubject("u1", null));
    }

    [Fact]
    public void The_current_subject_is_one_of_its_own_type()
    {
        var (user, device) = (Answer with { Subject = new Subject("1", "user", null) }, Answer with { Subject = new Subject("1", "device", null) });
        _served.Remember(user);
        _served.Remember(device);

        Assert.Same(user, _served.FindCurrent(user.Subject));
        Assert.Same(device, _served.FindBySubject("1", null));
    }
}
