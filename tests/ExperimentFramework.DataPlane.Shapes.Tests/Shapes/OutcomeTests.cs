using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Shapes.Tests.Shapes;

public sealed class OutcomeTests
{
    private readonly Observed _variant = new();
    private readonly ManualTime _time = new();

    [Fact]
    public async Task Every_kind_of_member_has_one_outcome_linked_to_its_exposure()
    {
        using var served = Serve();
        var proxy = served.Proxy;
        _variant.During = () => _time.Advance(TimeSpan.FromMilliseconds(5));

        Assert.Equal("x", proxy.Sync("u1", "x"));
        proxy.Void("u1");
        await proxy.Run("u1");
        Assert.Equal(1, await proxy.RunResult("u1"));
        await proxy.ValueRun("u1");
        Assert.Equal(1, await proxy.ValueResult("u1"));
        Assert.Equal([1, 2], await proxy.Items("u1").ToListAsync());
        var number = 1;
        proxy.Place("u1", ref number) = 3;

        Assert.Equal(3, number);
        Assert.Equal(
            ["Sync", "Void", "Run", "RunResult", "ValueRun", "ValueResult", "Items", "Place"], served.Outcomes.Select(outcome => outcome.OutcomeName));
        Assert.All(served.Outcomes, outcome =>
        {
            Assert.Equal(OutcomeResult.Success, outcome.Result);
            Assert.Null(outcome.ErrorType);
            Assert.Equal(TimeSpan.FromMilliseconds(5), outcome.Duration);
            Assert.Equal(("control", "u1"), (outcome.VariantKey, outcome.SubjectId));
        });
        Assert.Equal(served.ExposureIds, served.Outcomes.Select(outcome => outcome.ExposureEventId));
    }

    [Fact]
    public async Task A_failure_is_an_outcome_with_its_type_and_the_exception_goes_on()
    {
        using var served = Serve();
        var proxy = served.Proxy;
        var failure = new FormatException("broken");
        _variant.Failure = failure;

        Assert.Same(failure, Assert.Throws<FormatException>(() => proxy.Sync("u1", "x")));
        Assert.Same(failure, Assert.Throws<FormatException>(() => proxy.Void("u1")));
        Assert.Same(failure, await Assert.ThrowsAsync<FormatException>(() => proxy.Run("u1")));
        Assert.Same(failure, await Assert.ThrowsAsync<FormatException>(() => proxy.RunResult("u1")));
        Assert.Same(failure, await Assert.ThrowsAsync<FormatException>(async () => await proxy.ValueRun("u1")));
        Assert.Same(failure, await Assert.ThrowsAsync<FormatException>(async () => await proxy.ValueResult("u1")));
        Assert.Same(failure, await Assert.ThrowsAsync<FormatException>(async () => await proxy.Items("u1").ToListAsync()));

        Assert.Equal(7, served.Outcomes.Count);
        Assert.All(served.Outcomes, outcome => Assert.Equal((OutcomeResult.Failure, "System.FormatException"), (outcome.Result, outcome.ErrorType)));
        Assert.Equal(7, served.Exposures.Count);
    }

    /// <summary>This is why DP2011 exists.</summary>
    [Fact]
    public void What_an_iterator_throws_after_the_call_reaches_the_caller_and_the_outcome_is_success()
    {
        using var served = ServedExposure<ILazily>.By(new Lazily());

        var elements = served.Proxy.Rank("u1");

        Assert.Equal(OutcomeResult.Success, Assert.Single(served.Outcomes).Result);
        Assert.Throws<FormatException>(() => elements.Count());
        Assert.Equal(OutcomeResult.Success, Assert.Single(served.Outcomes).Result);
    }

    [Fact]
    public async Task A_stream_has_its_outcome_at_the_end_of_the_enumeration_however_it_ends()
    {
        using var served = Serve();

        var stream = served.Proxy.Items("u1");
        Assert.Empty(served.Outcomes);
        await foreach (var item in stream)
        {
            Assert.Empty(served.Outcomes);
            if (item == 1)
            {
                break;
            }
        }

        Assert.Equal(OutcomeResult.Success, Assert.Single(served.Outcomes).Result);
    }

    [Fact]
    public void A_repeat_that_was_not_recorded_has_an_outcome_without_a_link()
    {
        using var served = Serve(trial => trial.WithSemantics(ExposureSemantics.OnFirstUse));

        served.Proxy.Void("u1");
        served.Proxy.Void("u1");

        Assert.Single(served.Exposures);
        Assert.Equal([served.ExposureIds[0], null], served.Outcomes.Select(outcome => outcome.ExposureEventId));
    }

    [Fact]
    public void Outcomes_follow_their_subjects_sampling_and_their_own_switch()
    {
        using var sampledOut = Serve(trial => trial.WithSamplingRate(0));
        using var switchedOff = Serve(options: options => options.EnableOutcomeEvents = false);
        using var onlyOutcomes = Serve(options: options => options.EnableExposureEvents = false);

        sampledOut.Proxy.Void("u1");
        switchedOff.Proxy.Void("u1");
        onlyOutcomes.Proxy.Void("u1");

        Assert.Empty(sampledOut.Events);
        Assert.Empty(switchedOff.Outcomes);
        Assert.Single(switchedOff.Exposures);
        Assert.Null(Assert.Single(onlyOutcomes.Outcomes).ExposureEventId);
    }

    [Fact]
    public async Task The_outcome_of_a_fallback_is_controls()
    {
        using var served = ServedExposure<IObserved>.With(
            builder => builder.Trial<IObserved>(trial => trial
                .AddControl<ObservedControl>().AddVariant<Observed>("b").Using(new Always("b")).OnErrorFallbackToControl()),
            services => services.AddSingleton(_variant).AddSingleton<ObservedControl>());
        _variant.Failure = new FormatException("broken");

        Assert.Equal("x", served.Proxy.Sync("u1", "x"));
        Assert.Equal(1, await served.Proxy.RunResult("u1"));
        Assert.Equal([1, 2], await served.Proxy.Items("u1").ToListAsync());

        Assert.All(served.Outcomes, outcome => Assert.Equal(("control", "b", OutcomeResult.Success), (outcome.VariantKey, outcome.AssignedVariantKey, outcome.Result)));
        Assert.Equal(3, served.Outcomes.Count);
        Assert.All(served.Exposures, exposure => Assert.Equal("b", exposure.AssignedVariantKey));
    }

    [Fact]
    public async Task Without_the_attributes_word_the_task_is_the_variants_own_and_there_is_no_outcome()
    {
        var variant = new Awaitables();
        using var served = ServedExposure<IAwaitables>.By(variant);

        await served.Proxy.Run("u1");

        Assert.Empty(served.Outcomes);
    }

    private ServedExposure<IObserved> Serve(Action<TrialBuilder<IObserved>>? trial = null, Action<DataPlaneOptions>? options = null) =>
        ServedExposure<IObserved>.With(
            builder => builder.Trial<IObserved>(configure =>
            {
                configure.AddControl<Observed>();
                trial?.Invoke(configure);
            }),
            services => services.AddSingleton(_variant).AddSingleton<TimeProvider>(_time).AddDataBackplane(options));

    private sealed class Always(string key) : IVariantSelector
    {
        public VariantSelection Select(in SelectionContext context) => new(key, "always");
    }

    private sealed class ManualTime : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Read(ref _ticks);

        public void Advance(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);
    }
}

[ExposureLogged("observed", RecordOutcomes = true, FallbackToControl = true)]
public interface IObserved
{
    string Sync([ExposureSubject] string subject, string value);

    void Void([ExposureSubject] string subject);

    Task Run([ExposureSubject] string subject);

    Task<int> RunResult([ExposureSubject] string subject);

    ValueTask ValueRun([ExposureSubject] string subject);

    ValueTask<int> ValueResult([ExposureSubject] string subject);

    IAsyncEnumerable<int> Items([ExposureSubject] string subject);

    ref int Place([ExposureSubject] string subject, ref int place);
}

public class Observed : IObserved
{
    public Action? During { get; set; }

    public Exception? Failure { get; set; }

    public string Sync(string subject, string value)
    {
        Happen();
        return value;
    }

    public void Void(string subject) => Happen();

    public async Task Run(string subject)
    {
        await Task.Yield();
        Happen();
    }

    public async Task<int> RunResult(string subject)
    {
        await Task.Yield();
        Happen();
        return 1;
    }

    public async ValueTask ValueRun(string subject) => await Run(subject);

    public async ValueTask<int> ValueResult(string subject) => await RunResult(subject);

    public async IAsyncEnumerable<int> Items(string subject)
    {
        await Task.Yield();
        Happen();
        yield return 1;
        yield return 2;
    }

    public ref int Place(string subject, ref int place)
    {
        Happen();
        return ref place;
    }

    private void Happen()
    {
        During?.Invoke();
        if (Failure is not null)
        {
            throw Failure;
        }
    }
}

public sealed class ObservedControl : Observed;

[ExposureLogged("lazily", RecordOutcomes = true, FallbackToControl = true)]
public interface ILazily
{
#pragma warning disable DP2011 // It is what the test is about.
    IEnumerable<int> Rank([ExposureSubject] string subject);
#pragma warning restore DP2011
}

public sealed class Lazily : ILazily
{
    public IEnumerable<int> Rank(string subject)
    {
        yield return 1;
        throw new FormatException("broken");
    }
}
