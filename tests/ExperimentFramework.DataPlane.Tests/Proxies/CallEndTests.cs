using ExperimentFramework.DataPlane.Tests.Delivery;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Exposure;

/// <summary>How a call that is seen through ends: with one outcome, and not before its events have room.</summary>
public sealed class CallEndTests
{
    private readonly Flaky _variant = new();
    private readonly SteadyFlaky _control = new();

    [Fact]
    public async Task A_stream_that_is_enumerated_again_has_the_outcome_of_its_first_enumeration()
    {
        await using var fixture = Watched();
        var stream = fixture.Get<IWatched>().Items("u1");

        await stream.ToListAsync();
        _variant.FailureAfterFirstItem = new FormatException("half way");
        await Assert.ThrowsAsync<FormatException>(async () => await stream.ToListAsync());

        Assert.Equal(OutcomeResult.Success, Assert.Single(Outcomes(fixture)).Result);
        Assert.Single(fixture.Exposures);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_that_fails_half_way_has_failed(bool mayFallBack)
    {
        _variant.FailureAfterFirstItem = new FormatException("half way");
        await using var fixture = Watched(mayFallBack);

        await Assert.ThrowsAsync<FormatException>(async () => await fixture.Get<IWatched>().Items("u1").ToListAsync());

        var outcome = Assert.Single(Outcomes(fixture));
        Assert.Equal(("b", OutcomeResult.Failure, "System.FormatException"), (outcome.VariantKey, outcome.Result, outcome.ErrorType));
    }

    [Fact]
    public async Task A_stream_that_control_cannot_open_either_has_failed_on_control()
    {
        _variant.Failure = new FormatException("variant");
        _control.Failure = new TimeoutException("control");
        await using var fixture = Watched();

        await Assert.ThrowsAsync<TimeoutException>(async () => await fixture.Get<IWatched>().Items("u1").ToListAsync());

        var outcome = Assert.Single(Outcomes(fixture));
        Assert.Equal(("control", "b", "System.TimeoutException"), (outcome.VariantKey, outcome.AssignedVariantKey, outcome.ErrorType));
        Assert.Equal("control", Assert.Single(fixture.Exposures).VariantKey);
    }

    [Fact]
    public async Task A_cancellation_that_comes_with_the_enumeration_is_the_callers_and_not_a_failure()
    {
        await using var fixture = Watched();
        using var cancellation = new CancellationTokenSource();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in fixture.Get<IWatched>().Items("u1").WithCancellation(cancellation.Token))
            {
            }
        });

        Assert.Equal(0, _control.Calls);
        Assert.Equal("b", Assert.Single(fixture.Exposures).VariantKey);
        Assert.Equal((OutcomeResult.Canceled, null), (Assert.Single(Outcomes(fixture)).Result, Outcomes(fixture)[0].ErrorType));
    }

    [Fact]
    public async Task A_call_that_its_caller_cancelled_is_exposed_and_neither_succeeded_nor_failed()
    {
        await using var fixture = Watched();
        using var cancellation = new CancellationTokenSource();
        await cancellation.CancelAsync();
        _variant.Failure = new OperationCanceledException(cancellation.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fixture.Get<IWatched>().RunAsync("u1", cancellation.Token));

        Assert.Equal("b", Assert.Single(fixture.Exposures).VariantKey);
        var outcome = Assert.Single(Outcomes(fixture));
        Assert.Equal((OutcomeResult.Canceled, null, null), (outcome.Result, outcome.ErrorType, outcome.AssignedVariantKey));
    }

    [Fact]
    public async Task A_token_that_can_be_cancelled_and_is_not_leaves_a_cancellation_a_failure()
    {
        await using var fixture = Watched();
        using var cancellation = new CancellationTokenSource();
        _variant.Failure = new OperationCanceledException("timeout inside the variant");

        await fixture.Get<IWatched>().RunAsync("u1", cancellation.Token);

        Assert.Equal("control", Assert.Single(fixture.Exposures).VariantKey);
    }

    /// <summary>Control fails with a task of its own, or before it gives one.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_call_that_control_could_not_answer_either_ends_when_its_exposure_has_room(bool givesTask)
    {
        var failure = new TimeoutException("control");
        _variant.Failure = new FormatException("variant");
        (_control.Failure, _control.SynchronousFailure) = (givesTask ? failure : null, givesTask ? null : failure);
        var stuck = new RecordingBackplane { Gate = new TaskCompletionSource() };
        await using var fixture = DataPlaneFixture.Bare(FullQueue.Configure, services => services
            .AddSingleton<IDataBackplane>(stuck).AddSingleton(_variant).AddSingleton(_control)
            .AddExperimentFramework(experiments => experiments.WithExposureLogging().Trial<IGuarded>(trial => trial
                .AddControl<SteadyFlaky>().AddVariant<Flaky>("b").Using(new FixedSelector("b")).OnErrorFallbackToControl())));
        await FullQueue.FillAsync(fixture);

        var call = fixture.Get<IGuarded>().RunAsync("u1");
        Assert.False(call.IsCompleted);
        stuck.Gate.SetResult();

        Assert.Same(failure, await Assert.ThrowsAsync<TimeoutException>(() => fixture.Time.AdvanceUntil(call, TimeSpan.Zero)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_call_that_was_answered_ends_when_its_events_have_room(bool hasOutcome)
    {
        var stuck = new RecordingBackplane { Gate = new TaskCompletionSource() };
        await using var fixture = DataPlaneFixture.Bare(FullQueue.Configure, services => services
            .AddSingleton<IDataBackplane>(stuck).AddSingleton(_variant).AddSingleton(_control)
            .AddSingleton(new WatchedControl(_control)).AddSingleton(new WatchedVariant(_variant))
            .AddExperimentFramework(experiments => experiments.WithExposureLogging()
                .Trial<IGuarded>(trial => trial.AddControl<SteadyFlaky>().AddVariant<Flaky>("b").Using(new FixedSelector("b")).OnErrorFallbackToControl())
                .Trial<IWatched>(trial => trial.AddControl<WatchedControl>().AddVariant<WatchedVariant>("b").Using(new FixedSelector("b")))));
        await FullQueue.FillAsync(fixture);

        var call = hasOutcome ? fixture.Get<IWatched>().RunAsync("u1") : fixture.Get<IGuarded>().RunAsync("u1");
        Assert.False(call.IsCompleted);
        stuck.Gate.SetResult();
        await fixture.Time.AdvanceUntil(call, TimeSpan.Zero);

        Assert.Equal("flaky", await call);
    }

    [Fact]
    public async Task A_stream_gives_its_first_element_when_its_exposure_has_room()
    {
        var stuck = new RecordingBackplane { Gate = new TaskCompletionSource() };
        await using var fixture = DataPlaneFixture.Bare(FullQueue.Configure, services => services
            .AddSingleton<IDataBackplane>(stuck).AddSingleton<StreamsControl>().AddSingleton(new StreamsVariant { Make = () => new ReadyStream() })
            .AddExperimentFramework(experiments => experiments.WithExposureLogging().Trial<IStreams>(trial => trial
                .AddControl<StreamsControl>().AddVariant<StreamsVariant>("b").Using(new FixedSelector("b")).OnErrorFallbackToControl())));
        await FullQueue.FillAsync(fixture);

        await using var items = fixture.Get<IStreams>().Items("u1").GetAsyncEnumerator(TestContext.Current.CancellationToken);
        var first = items.MoveNextAsync().AsTask();
        Assert.False(first.IsCompleted);
        stuck.Gate.SetResult();
        await fixture.Time.AdvanceUntil(first, TimeSpan.Zero);

        Assert.Equal((true, 1), (await first, items.Current));
    }

    [Fact]
    public async Task An_outcome_has_the_time_at_which_the_call_ended()
    {
        await using var fixture = Watched(mayFallBack: false);
        var begun = fixture.Time.GetUtcNow();
        _variant.OnRun = () => fixture.Time.Advance(TimeSpan.FromSeconds(30));

        await fixture.Get<IWatched>().RunAsync("u1", TestContext.Current.CancellationToken);

        var outcome = Assert.Single(Outcomes(fixture));
        Assert.Equal((begun + TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30)), (outcome.Timestamp, outcome.Duration));
    }

    [Fact]
    public async Task Outcomes_are_of_the_subjects_whose_exposures_are_recorded()
    {
        var sampling = new SubjectSampling("measured", 0.5);
        var subjects = Enumerable.Range(0, 100).Select(i => $"u{i}").ToList();
        await using var fixture = DataPlaneFixture.With(
            builder => builder.Trial<IMeasured>(trial => trial.AddControl<Measured>().WithSamplingRate(0.5)), services: services => services.AddSingleton<Measured>());

        foreach (var subject in subjects)
        {
            fixture.Get<IMeasured>().Plain(subject);
        }

        fixture.Get<IMeasured>().Plain("");

        Assert.Equal(subjects.Where(sampling.Includes), Outcomes(fixture).Select(outcome => outcome.SubjectId));
    }

    [Fact]
    public async Task An_experiment_that_logs_no_exposures_has_no_outcomes()
    {
        await using var fixture = DataPlaneFixture.Bare(_ => { }, services => services
            .AddInMemoryDataBackplane().AddSingleton<Measured>()
            .AddExperimentFramework(experiments => experiments.Trial<IMeasured>(trial => trial.AddControl<Measured>())));

        fixture.Get<IMeasured>().Plain("u1");

        Assert.Empty(fixture.Backplane.Events);
    }

    [Theory]
    [InlineData(true, 0.0, true)]
    [InlineData(false, 0.0, true)]
    [InlineData(true, 1.0, false)]
    [InlineData(false, 1.0, false)]
    public async Task Attributes_of_a_call_that_is_not_recorded_are_not_read(bool mayFallBack, double samplingRate, bool isEnabled)
    {
        var attribute = new Counted();
        await using var fixture = Watched(mayFallBack, trial => trial.WithSamplingRate(samplingRate), options => options.EnableExposureEvents = isEnabled);

        fixture.Get<IWatched>().Note("u1", attribute);

        Assert.Equal(0, attribute.Reads);
    }

    [Fact]
    public async Task Attributes_of_a_repeat_that_is_not_recorded_are_not_read()
    {
        var attribute = new Counted();
        await using var fixture = Watched(mayFallBack: false, trial => trial.WithSemantics(ExposureSemantics.OnFirstUse));

        fixture.Get<IWatched>().Note("u1", attribute);
        Assert.Equal(1, attribute.Reads);
        fixture.Get<IWatched>().Note("u1", attribute);

        Assert.Equal(1, attribute.Reads);
    }

    private static List<OutcomeEvent> Outcomes(DataPlaneFixture fixture) => [.. fixture.Backplane.Events.Select(envelope => envelope.Payload).OfType<OutcomeEvent>()];

    private DataPlaneFixture Watched(bool mayFallBack = true, Action<TrialBuilder<IWatched>>? trial = null, Action<DataPlaneOptions>? options = null) => DataPlaneFixture.With(
        builder => builder.Trial<IWatched>(configure =>
        {
            configure.AddControl<WatchedControl>().AddVariant<WatchedVariant>("b").Using(new FixedSelector("b"));
            trial?.Invoke(configure);
            if (mayFallBack)
            {
                configure.OnErrorFallbackToControl();
            }
        }),
        options,
        services => services.AddSingleton(new WatchedControl(_control)).AddSingleton(new WatchedVariant(_variant)));

    /// <summary>An attribute that counts how often it is read.</summary>
    private sealed class Counted : IFormattable
    {
        public int Reads { get; private set; }

        public string ToString(string? format, IFormatProvider? formatProvider)
        {
            Reads++;
            return "value";
        }
    }

    /// <summary>Has its one element without waiting for it.</summary>
    private sealed class ReadyStream : IAsyncEnumerable<int>, IAsyncEnumerator<int>
    {
        public int Current { get; private set; }

        public IAsyncEnumerator<int> GetAsyncEnumerator(CancellationToken cancellationToken = default) => this;

        public ValueTask<bool> MoveNextAsync() => ValueTask.FromResult(Current++ == 0);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

[ExposureLogged("watched", RecordOutcomes = true, FallbackToControl = true)]
public interface IWatched
{
    void Note([ExposureSubject] string subject, [ExposureAttribute] object value);

    Task<string> RunAsync([ExposureSubject] string subject, CancellationToken cancellationToken = default);

    IAsyncEnumerable<int> Items([ExposureSubject] string subject, CancellationToken cancellationToken = default);
}

public abstract class WatchedBase(Flaky flaky) : IWatched
{
    public void Note(string subject, object value)
    {
    }

    public Task<string> RunAsync(string subject, CancellationToken cancellationToken = default) => flaky.RunAsync(subject, cancellationToken);

    public IAsyncEnumerable<int> Items(string subject, CancellationToken cancellationToken = default) => flaky.Items(subject, cancellationToken);
}

public sealed class WatchedVariant(Flaky flaky) : WatchedBase(flaky);

public sealed class WatchedControl(SteadyFlaky flaky) : WatchedBase(flaky);
