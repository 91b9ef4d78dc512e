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
        Assert.Equal(RetryPlanner.RetryDecision.Continue, _attempts.Evaluate(tried: 1, left: 0, available: 4));
        Assert.Equal((0, 1), _attempts.Next(4));
        Assert.Equal(RetryPlanner.RetryDecision.Continue, _attempts.Evaluate(tried: 1, left: 0, available: 3));
        Assert.Equal((0, 2), _attempts.Next(3));
    }

    [Fact]
    public void An_event_that_fails_on_both_sides_of_a_success_is_poison()
    {
        FailFirst(available: 5);

        _attempts.Next(5);
        _attempts.Evaluate(tried: 1, left: 0, available: 4);
        _attempts.Next(4);
        Assert.Equal(RetryPlanner.RetryDecision.FirstIsPoison, _attempts.Evaluate(tried: 1, left: 1, available: 4));
        Assert.Equal((0, 1), _attempts.Next(3));
    }

    [Fact]
    public void Where_the_successor_fails_too_the_destination_is_down()
    {
        FailFirst(available: 5);

        Assert.Equal((1, 1), _attempts.Next(5));
        Assert.Equal(RetryPlanner.RetryDecision.DestinationIsDown, _attempts.Evaluate(tried: 1, left: 1, available: 5));
    }

    private void FailFirst(int available)
    {
        for (var failure = 0; failure < MaxAttempts; failure++)
        {
            var (start, count) = _attempts.Next(available);
            Assert.Equal(0, start);
            var expected = failure == MaxAttempts - 1 ? RetryPlanner.RetryDecision.Continue : RetryPlanner.RetryDecision.Wait;
            Assert.Equal(expected, _attempts.Evaluate(count, count, available));
        }
    }
}
