using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Exposure;

/// <summary>A call that is not logged allocates nothing: no event, no boxed attribute.</summary>
public sealed class AllocationTests
{
    private static readonly string[] Subjects = [.. Enumerable.Range(0, 100).Select(i => $"user-{i}")];

    public static TheoryData<string, Action<TrialBuilder<IGreeter>>, Action<DataPlaneOptions>> NotLogged => new()
    {
        { "sampled out", trial => trial.WithSamplingRate(0), _ => { } },
        { "a repeat", trial => trial.WithSemantics(ExposureSemantics.OnFirstUse), _ => { } },
        { "switched off", _ => { }, options => options.EnableExposureEvents = false },
    };

    [Theory]
    [MemberData(nameof(NotLogged))]
    public async Task A_call_that_is_not_logged_allocates_nothing(string why, Action<TrialBuilder<IGreeter>> trial, Action<DataPlaneOptions> options)
    {
        await using var fixture = DataPlaneFixture.Greeting(configure => trial(configure.UsingSubjectHash()), options);
        var greeter = fixture.Get<IGreeter>();
        CallAll(greeter);
        CallAll(greeter);
        var recorded = fixture.Exposures.Count;

        var before = GC.GetAllocatedBytesForCurrentThread();
        CallAll(greeter);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(allocated == 0, $"{Subjects.Length} calls, each {why}, allocated {allocated} bytes.");
        Assert.Equal(recorded, fixture.Exposures.Count);
    }

    [Theory]
    [InlineData(AssignmentPolicy.SessionSticky)]
    [InlineData(AssignmentPolicy.SubjectSticky)]
    [InlineData(AssignmentPolicy.GloballySticky)]
    public async Task A_sticky_answer_that_this_process_knows_allocates_nothing(AssignmentPolicy policy)
    {
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.WithPolicy(policy).WithSemantics(ExposureSemantics.OnFirstUse).WithOverride("qa", "b"),
            services: services => services.AddAssignmentStore(new Assignment.FaultyStore(isShared: true)));
        await using var scope = fixture.Scope();
        var greeter = scope.ServiceProvider.GetRequiredService<IGreeter>();
        CallAll(greeter);
        CallAll(greeter);

        var before = GC.GetAllocatedBytesForCurrentThread();
        CallAll(greeter);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(allocated == 0, $"{Subjects.Length} calls under {policy} allocated {allocated} bytes.");
    }

    [Theory]
    [InlineData(AssignmentPolicy.BestEffort)]
    [InlineData(AssignmentPolicy.SubjectSticky)]
    public async Task A_decision_by_name_an_exposure_that_repeats_and_a_value_allocate_nothing(AssignmentPolicy policy)
    {
        await using var fixture = DataPlaneFixture.With(
            builder => builder.Experiment("banner", banner =>
            {
                banner.AddValue("discount", 5).WithPolicy(policy).WithSemantics(ExposureSemantics.OnFirstUse);
                banner.AddControl().AddVariant("big").WithValue("discount", 10);
            }),
            services: services => services.AddInMemoryAssignmentStore());
        var experiments = fixture.Get<IExperiments>();
        var recorder = fixture.Get<IExposureRecorder>();
        Assert.InRange(AskAll(), 500, 1_000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        AskAll();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(allocated == 0, $"{Subjects.Length} subjects allocated {allocated} bytes under {policy}.");

        int AskAll()
        {
            var total = 0;
            foreach (var subject in Subjects)
            {
                total += experiments.Decide("banner", subject).GetValue<int>("discount");
                var exposed = Completed(experiments.ExposeAsync("banner", subject));
                Assert.False(Completed(recorder.RecordAsync(new DecidedExposure { ExperimentName = "banner", VariantKey = exposed.VariantKey, SubjectId = subject })));
            }

            return total;
        }
    }

    [Fact]
    public async Task The_variant_of_an_interface_is_found_without_allocating()
    {
        await using var fixture = DataPlaneFixture.Greeting(_ => { });
        var experiments = fixture.Get<IExperiments>();
        Assert.InRange(AskAll(), Subjects.Length, Subjects.Length * "control".Length);

        var before = GC.GetAllocatedBytesForCurrentThread();
        AskAll();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(allocated == 0, $"{Subjects.Length} subjects allocated {allocated} bytes.");

        int AskAll()
        {
            var length = 0;
            foreach (var subject in Subjects)
            {
                length += experiments.VariantOf<IGreeter>(subject).Length;
            }

            return length;
        }
    }

    [Fact]
    public async Task An_attribute_of_an_observed_call_that_is_not_logged_is_not_boxed()
    {
        await using var fixture = DataPlaneFixture.With(
            builder => builder.Trial<IMeasured>(trial => trial.AddControl<Measured>().WithSemantics(ExposureSemantics.OnFirstUse)),
            options => options.EnableOutcomeEvents = false,
            services => services.AddSingleton<Measured>());
        var measured = fixture.Get<IMeasured>();

        Assert.Equal(Allocated(() => measured.Plain("u1")), Allocated(() => measured.With("u1", 44)));
        Assert.Single(fixture.Exposures);

        static long Allocated(Action call)
        {
            call();
            call();
            var before = GC.GetAllocatedBytesForCurrentThread();
            call();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public async Task A_queued_exposure_allocates_nothing_on_the_callers_thread_and_its_attributes_no_more_than_their_array()
    {
        await using var fixture = DataPlaneFixture.Queued(new RecordingBackplane(), trial => trial.UsingSubjectHash(), options => options.MaxQueueSize = options.BatchSize = 4_096);
        var greeter = fixture.Get<IGreeter>();

        var experiments = fixture.Get<IExperiments>();

        // On a thread of its own, because a thread's queue is its own.
        var allocated = new TaskCompletionSource<(double Plain, double WithAttributes, double ByName)>();
        new Thread(() => allocated.SetResult((
            AllocatedPerCall(fixture, user => greeter.Greet(user)),
            AllocatedPerCall(fixture, user => greeter.GreetWith(user, "FR", 44)),
            AllocatedPerCall(fixture, user => Completed(experiments.ExposeAsync("greeting", user, "user")))))).Start();

        // An array of two: its header and length, and of each a name, a text and a number.
        Assert.Equal((0, 24 + (2 * 24), 0), await allocated.Task);
    }

    [Fact]
    public async Task A_queued_metric_allocates_nothing_on_the_callers_thread_however_its_subject_is_known()
    {
        var provider = new FixedSubject("s1");
        await using var fixture = DataPlaneFixture.Bare(
            options => options.MaxQueueSize = options.BatchSize = 4_096,
            services => services.AddSingleton<IDataBackplane>(new RecordingBackplane()).AddSingleton<ISubjectIdentityProvider>(provider));
        var metrics = fixture.Get<IMetricRecorder>();
        var details = new MetricDetails { SubjectId = "u1", SubjectType = "user", Unit = "EUR", IdempotencyKey = "order-1" };

        // On a thread of its own, because a thread's queue is its own.
        var allocated = new TaskCompletionSource<(double Plain, double WithDetails)>();
        new Thread(() => allocated.SetResult((
            AllocatedPerCall(fixture, user =>
            {
                provider.Subject = user;
                Assert.True(metrics.RecordAsync("purchase", 49.9).AsTask().IsCompletedSuccessfully);
            }),
            AllocatedPerCall(fixture, _ => Assert.True(metrics.RecordAsync("purchase", 49.9, details).AsTask().IsCompletedSuccessfully))))).Start();

        Assert.Equal((0, 0), await allocated.Task);
    }

    private static double AllocatedPerCall(DataPlaneFixture fixture, Action<string> call)
    {
        var allocated = 0L;
        for (var round = 0; round < 3; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            foreach (var subject in Subjects)
            {
                call(subject);
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            fixture.Get<IEventPublisher>().FlushAsync().AsTask().Wait();
        }

        return (double)allocated / Subjects.Length;
    }

    private static T Completed<T>(ValueTask<T> call) =>
        call.IsCompletedSuccessfully ? call.Result : throw new InvalidOperationException("The call was to complete synchronously.");

    private static void CallAll(IGreeter greeter)
    {
        foreach (var subject in Subjects)
        {
            greeter.GreetWith(subject, "FR", 44);
        }
    }
}

[ExposureLogged("measured", RecordOutcomes = true)]
public interface IMeasured
{
    void Plain([ExposureSubject] string subject);

    void With([ExposureSubject] string subject, [ExposureAttribute] int number);
}

public sealed class Measured : IMeasured
{
    public void Plain(string subject)
    {
    }

    public void With(string subject, int number)
    {
    }
}
