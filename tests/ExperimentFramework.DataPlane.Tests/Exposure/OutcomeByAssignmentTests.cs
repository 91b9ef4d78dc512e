using ExperimentFramework.DataPlane.Tests.Delivery;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Exposure;

/// <summary>An outcome counts for the assigned variant, and says how the call ended: three ways.</summary>
public sealed class OutcomeByAssignmentTests
{
    private static readonly TimeSpan Attempt = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan Answer = TimeSpan.FromMilliseconds(2);

    private readonly Flaky _variant = new();
    private readonly SteadyFlaky _control = new();

    public static TheoryData<string, Func<IWatched, CancellationToken, Task>> Calls => new()
    {
        { "a task", (watched, token) => watched.RunAsync("u1", token) },
        { "a stream, by the call's token", async (watched, token) => await watched.Items("u1", token).ToListAsync(CancellationToken.None) },
        { "a stream, by the enumeration's token", async (watched, token) => await watched.Items("u1", CancellationToken.None).ToListAsync(token) },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task An_outcome_without_a_fallback_names_the_assigned_variant_alone_and_its_allocation(string kind, Func<IWatched, CancellationToken, Task> call)
    {
        await using var fixture = Watched(mayFallBack: true);

        await call(fixture.Get<IWatched>(), TestContext.Current.CancellationToken);

        var outcome = Assert.Single(Outcomes(fixture));
        Assert.Equal(("b", null, "v1", OutcomeKind.Call), (outcome.VariantKey, outcome.AssignedVariantKey, outcome.AllocationVersion, outcome.OutcomeKind));
        Assert.True(outcome is { Result: OutcomeResult.Success, FailedAttemptDuration: null, ErrorType: null }, kind);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task An_outcome_after_a_fallback_counts_for_the_assigned_variant_and_says_how_long_it_tried(string kind, Func<IWatched, CancellationToken, Task> call)
    {
        await using var fixture = Watched(mayFallBack: true);
        _variant.Failure = new FormatException();
        _variant.OnRun = () => fixture.Time.Advance(Attempt);
        _control.OnRun = () => fixture.Time.Advance(Answer);

        await call(fixture.Get<IWatched>(), TestContext.Current.CancellationToken);

        var outcome = Assert.Single(Outcomes(fixture));
        Assert.Equal(("control", "b", "v1"), (outcome.VariantKey, outcome.AssignedVariantKey, outcome.AllocationVersion));
        Assert.Equal((OutcomeResult.Success, null), (outcome.Result, outcome.ErrorType));
        Assert.True((outcome.FailedAttemptDuration, outcome.Duration) == (Attempt, Attempt + Answer), $"{kind}: {outcome}");
        Assert.Equal("b", EventKey.VariantOf(outcome));
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_fallback_that_fails_too_has_failed_with_controls_exception(string kind, Func<IWatched, CancellationToken, Task> call)
    {
        await using var fixture = Watched(mayFallBack: true);
        _variant.Failure = new FormatException();
        _control.Failure = new TimeoutException();

        await Assert.ThrowsAsync<TimeoutException>(() => call(fixture.Get<IWatched>(), TestContext.Current.CancellationToken));

        var outcome = Assert.Single(Outcomes(fixture));
        Assert.True(outcome is { VariantKey: "control", AssignedVariantKey: "b", Result: OutcomeResult.Failure, ErrorType: "System.TimeoutException", FailedAttemptDuration: not null }, kind);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task The_callers_cancellation_is_neither_success_nor_failure_whether_or_not_calls_fall_back(string kind, Func<IWatched, CancellationToken, Task> call)
    {
        foreach (var mayFallBack in new[] { true, false })
        {
            using var cancellation = new CancellationTokenSource();
            await using var fixture = Watched(mayFallBack);

            // A variant links the caller's token with its own, so that the exception has another one.
            _variant.OnRun = cancellation.Cancel;
            _variant.Failure = new TaskCanceledException("linked", null, new CancellationToken(canceled: true));

            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call(fixture.Get<IWatched>(), cancellation.Token));

            var outcome = Assert.Single(Outcomes(fixture));
            Assert.True(outcome is { VariantKey: "b", AssignedVariantKey: null, Result: OutcomeResult.Canceled, ErrorType: null, FailedAttemptDuration: null }, $"{kind}: {outcome}");
        }
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Control_may_be_cancelled_as_well(string kind, Func<IWatched, CancellationToken, Task> call)
    {
        await using var fixture = Watched(mayFallBack: true);
        using var cancellation = new CancellationTokenSource();
        _variant.Failure = new FormatException();
        _control.OnRun = cancellation.Cancel;
        _control.Failure = new OperationCanceledException(cancellation.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call(fixture.Get<IWatched>(), cancellation.Token));

        Assert.True(Assert.Single(Outcomes(fixture)) is { VariantKey: "control", AssignedVariantKey: "b", Result: OutcomeResult.Canceled }, kind);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_cancellation_of_the_variants_own_and_any_other_exception_of_a_cancelled_call_are_failures(string kind, Func<IWatched, CancellationToken, Task> call)
    {
        await using var fixture = Watched(mayFallBack: false);
        using var cancellation = new CancellationTokenSource();

        _variant.Failure = new OperationCanceledException("a timeout of its own");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call(fixture.Get<IWatched>(), cancellation.Token));
        _variant.Failure = new FormatException();
        _variant.OnRun = kind == "a task" ? cancellation.Cancel : null;
        await Assert.ThrowsAsync<FormatException>(() => call(fixture.Get<IWatched>(), cancellation.Token));

        Assert.Equal(
            [(OutcomeResult.Failure, "System.OperationCanceledException"), (OutcomeResult.Failure, "System.FormatException")],
            Outcomes(fixture).Select(outcome => (outcome.Result, outcome.ErrorType)));
    }

    [Fact]
    public void An_outcome_that_was_in_an_outbox_still_counts_for_the_assigned_variant()
    {
        var stored = DataPlaneJson.Deserialize(DataPlaneJson.Serialize(SampleEvents.Envelope(SampleEvents.Outcome))).Payload;

        Assert.Equal(("control", "b"), (((OutcomeEvent)stored).VariantKey, EventKey.VariantOf(stored)));
    }

    private static List<OutcomeEvent> Outcomes(DataPlaneFixture fixture) => [.. fixture.Backplane.Events.Select(envelope => envelope.Payload).OfType<OutcomeEvent>()];

    private DataPlaneFixture Watched(bool mayFallBack) => DataPlaneFixture.With(
        builder => builder.Trial<IWatched>(trial =>
        {
            trial.AddControl<WatchedControl>().AddVariant<WatchedVariant>("b").Using(new FixedSelector("b"));
            if (mayFallBack)
            {
                trial.OnErrorFallbackToControl();
            }
        }),
        services: services => services.AddSingleton(new WatchedControl(_control)).AddSingleton(new WatchedVariant(_variant)));
}
