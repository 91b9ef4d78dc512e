namespace ExperimentFramework.DataPlane.Tests.Delivery;

public sealed class RetryPlannerTests
{
    private const int MaxAttempts = 3;

    private readonly RetryPlanner _attempts = new(batchSize: 8, MaxAttempts);

    [Fact]
    public void A_destination_that_comes_back_between_an_event_and_its_successor_gets_the_event_too()
    {
        FailFirst(available: 5);

        Assert.Equal((1, 1), _attempts.Next(5));
        Assert.Equal(RetryPlanner.RetryDecision.Continue, _attempts.Evaluate(tried: 1, left: 0, delivered: 1, available: 4));
        Assert.Equal((0, 1), _attempts.Next(4));
        Assert.Equal(RetryPlanner.RetryDecision.Continue, _attempts.Evaluate(tried: 1, left: 0, delivered: 1, available: 3));
        Assert.Equal((0, 2), _attempts.Next(3));
    }

    [Fact]
    public void An_event_that_fails_on_both_sides_of_a_success_is_poison()
    {
        FailFirst(available: 5);

        _attempts.Next(5);
        _attempts.Evaluate(tried: 1, left: 0, delivered: 1, available: 4);
        _attempts.Next(4);
        Assert.Equal(RetryPlanner.RetryDecision.FirstIsPoison, _attempts.Evaluate(tried: 1, left: 1, delivered: 0, available: 4));
        Assert.Equal((0, 1), _attempts.Next(3));
    }

    [Fact]
    public void Where_all_others_fail_too_the_destination_is_down()
    {
        FailFirst(available: 5);

        Assert.Equal((1, 1), _attempts.Next(5));
        Assert.Equal(RetryPlanner.RetryDecision.Continue, _attempts.Evaluate(tried: 1, left: 1, delivered: 0, available: 5));
        Assert.Equal((2, 3), _attempts.Next(5));
        Assert.Equal(RetryPlanner.RetryDecision.DestinationIsDown, _attempts.Evaluate(tried: 3, left: 3, delivered: 0, available: 5));
    }

    [Fact]
    public void Where_one_of_the_others_is_delivered_the_first_is_tried_once_more()
    {
        FailFirst(available: 5);

        Assert.Equal((1, 1), _attempts.Next(5));
        _attempts.Evaluate(tried: 1, left: 1, delivered: 0, available: 5);
        Assert.Equal((2, 3), _attempts.Next(5));
        Assert.Equal(RetryPlanner.RetryDecision.Continue, _attempts.Evaluate(tried: 3, left: 2, delivered: 1, available: 4));
        Assert.Equal((0, 1), _attempts.Next(4));
        Assert.Equal(RetryPlanner.RetryDecision.FirstIsPoison, _attempts.Evaluate(tried: 1, left: 1, delivered: 0, available: 4));
    }

    [Fact]
    public void Failed_attempts_of_an_event_that_is_delivered_do_not_count_for_the_next_one()
    {
        for (var failure = 1; failure < MaxAttempts; failure++)
        {
            Try(left: 1, available: 5);
        }

        Assert.Equal(RetryPlanner.RetryDecision.Continue, Try(left: 0, available: 4));
        _attempts.Next(1);
        AssertFails([RetryPlanner.RetryDecision.Wait, RetryPlanner.RetryDecision.Wait], available: 1);
    }

    [Fact]
    public void An_event_has_all_its_attempts_again_after_its_destination_was_down()
    {
        RetryPlanner.RetryDecision[] alone = [RetryPlanner.RetryDecision.Wait, RetryPlanner.RetryDecision.Wait, RetryPlanner.RetryDecision.DestinationIsDown];
        AssertFails(alone, available: 1);
        AssertFails(alone, available: 1);

        // With successors, which are tried before the destination is taken to be down.
        RetryPlanner.RetryDecision[] several = [RetryPlanner.RetryDecision.Wait, RetryPlanner.RetryDecision.Wait, RetryPlanner.RetryDecision.Continue, RetryPlanner.RetryDecision.Continue, RetryPlanner.RetryDecision.DestinationIsDown];
        AssertFails(several, available: 5);
        AssertFails(several, available: 5);
    }

    [Fact]
    public void Batches_double_while_they_succeed_up_to_the_largest()
    {
        Assert.Equal((0, 8), _attempts.Next(100));
        Assert.Equal(RetryPlanner.RetryDecision.Wait, _attempts.Evaluate(tried: 8, left: 8, delivered: 0, available: 95));
        foreach (var size in (int[])[1, 2, 4, 8, 8])
        {
            Assert.Equal((0, size), _attempts.Next(95));
            Assert.Equal(RetryPlanner.RetryDecision.Continue, _attempts.Evaluate(size, left: 0, delivered: 0, available: 95));
        }

        Assert.Equal((0, 3), _attempts.Next(3));
    }

    [Fact]
    public void Batches_grow_while_some_of_their_events_are_delivered()
    {
        _attempts.Next(100);
        _attempts.Evaluate(tried: 8, left: 8, delivered: 0, available: 100);
        _attempts.Next(100);
        _attempts.Evaluate(tried: 1, left: 0, delivered: 1, available: 99);
        foreach (var size in (int[])[2, 4, 8, 8])
        {
            Assert.Equal((0, size), _attempts.Next(99));
            Assert.Equal(RetryPlanner.RetryDecision.SomeFailed, _attempts.Evaluate(size, left: size - 1, delivered: 1, available: 99));
        }
    }

    private void AssertFails(RetryPlanner.RetryDecision[] decisions, int available) =>
        Assert.Equal(decisions, decisions.Select(_ => Try(left: 1, available)));

    private RetryPlanner.RetryDecision Try(int left, int available)
    {
        _attempts.Next(available);
        return _attempts.Evaluate(tried: 1, left, delivered: 1 - left, available);
    }

    private void FailFirst(int available)
    {
        for (var failure = 0; failure < MaxAttempts; failure++)
        {
            var (start, count) = _attempts.Next(available);
            Assert.Equal(0, start);
            var expected = failure == MaxAttempts - 1 ? RetryPlanner.RetryDecision.Continue : RetryPlanner.RetryDecision.Wait;
            Assert.Equal(expected, _attempts.Evaluate(count, count, delivered: 0, available));
        }
    }
}
