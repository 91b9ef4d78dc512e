namespace ExperimentFramework.DataPlane.Analyzers.Tests;

/// <summary>An interface that cannot be looked at is the generator's to report, and costs the analyzers nothing.</summary>
public sealed class ReportedShapeTests
{
    [Fact]
    public void Nothing_is_found_where_looking_fails() =>
        Assert.Empty(ReportedShape.Of(() => throw new InvalidOperationException("gone"), TestContext.Current.CancellationToken));

    [Fact]
    public void A_failure_after_the_cancellation_is_the_cancellation()
    {
        using var cancellation = new CancellationTokenSource();

        Assert.Throws<OperationCanceledException>(() => ReportedShape.Of(
            () =>
            {
                cancellation.Cancel();
                throw new InvalidOperationException("late");
            },
            cancellation.Token));
    }
}
