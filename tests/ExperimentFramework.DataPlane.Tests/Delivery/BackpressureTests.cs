using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>What a call does when there is no room for its event.</summary>
public sealed class BackpressureTests
{
    private readonly RecordingBackplane _hanging = new() { Gate = new TaskCompletionSource() };

    [Fact]
    public async Task An_asynchronous_call_awaits_room_and_its_variant_has_run_meanwhile()
    {
        await using var fixture = Blocking();
        var slow = fixture.Get<IWaiting>();
        await FullQueue.FillAsync(fixture);

        var call = slow.WorkAsync("late", CancellationToken.None);
        Assert.False(call.IsCompleted);
        Assert.Equal(1, fixture.Get<Waiting>().Calls("late"));

        _hanging.Gate!.SetResult();
        await fixture.Time.AdvanceUntil(call);
        await fixture.Time.AdvanceUntil(fixture.Get<IEventPublisher>().FlushAsync().AsTask());
        Assert.Contains("late", _hanging.Events.Select(envelope => ((ExposureEvent)envelope.Payload).SubjectId));
        Assert.Equal(0, fixture.Get<DropLedger>().Lost);
    }

    [Fact]
    public async Task A_synchronous_call_waits_for_room_on_its_thread()
    {
        await using var fixture = Blocking();
        await FullQueue.FillAsync(fixture);

        var thread = new Thread(() => fixture.Get<IWaiting>().Work("late"));
        thread.Start();
        await Eventually.Holds(() => fixture.Get<DeliveryPipeline>().Gate.Waiting == 1);
        Assert.Equal(0, fixture.Get<Waiting>().Calls("late"));

        _hanging.Gate!.SetResult();
        thread.Join();
        Assert.Equal(1, fixture.Get<Waiting>().Calls("late"));
        await fixture.Time.AdvanceUntil(fixture.Get<IEventPublisher>().FlushAsync().AsTask());
        Assert.Equal(0, fixture.Get<DropLedger>().Lost);
    }

    [Fact]
    public async Task A_wait_ends_with_its_timeout_and_the_drop_is_counted_and_may_be_recorded_again()
    {
        await using var fixture = Blocking(trial => trial.WithSemantics(ExposureSemantics.OnFirstUse));
        var waiting = fixture.Get<IWaiting>();
        await FullQueue.FillAsync(fixture);

        var call = waiting.WorkAsync("late", CancellationToken.None);
        fixture.Time.Advance(TimeSpan.FromMilliseconds(900));
        Assert.False(call.IsCompleted);
        fixture.Time.Advance(TimeSpan.FromMilliseconds(100));
        await call;

        Assert.Equal(1, fixture.Dropped("waiting", "control", DropReasons.Timeout));
        _hanging.Gate!.SetResult();
        await fixture.Time.AdvanceUntil(fixture.Get<IEventPublisher>().FlushAsync().AsTask());
        await waiting.WorkAsync("late", CancellationToken.None);
        await fixture.Time.AdvanceUntil(fixture.Get<IEventPublisher>().FlushAsync().AsTask());
        Assert.Single(_hanging.Events, envelope => ((ExposureEvent)envelope.Payload).SubjectId == "late");
    }

    [Fact]
    public async Task The_declaration_of_an_allocation_waits_for_room_too_and_nobody_for_it()
    {
        await using var fixture = Fixture(
            trial => trial.AddVariant<Waiting>("b").UsingSubjectHash(), options => options.BlockTimeout = TimeSpan.FromHours(1));
        await FullQueue.FillAsync(fixture);

        // The first answer declares how the experiment is split.
        var call = fixture.Get<IWaiting>().GiveAsync("first").AsTask();
        Assert.Equal(2, fixture.Get<DeliveryPipeline>().Gate.Waiting);
        _hanging.Gate!.SetResult();
        await fixture.Time.AdvanceUntil(call);
        await fixture.Time.AdvanceUntil(fixture.Get<IEventPublisher>().FlushAsync().AsTask());

        Assert.Single(_hanging.Events, envelope => envelope.Payload is AnalysisSignalEvent { SignalType: AnalysisSignalType.AllocationDeclared });
        Assert.Equal(0, fixture.Get<DropLedger>().Lost);
    }

    [Fact]
    public async Task Callers_wait_beyond_the_size_of_a_small_queue_and_one_too_many_is_counted_as_a_full_queue()
    {
        const int MostWaiting = 10_000;
        await using var fixture = Fixture(_ => { }, options => options.BlockTimeout = TimeSpan.FromHours(1));
        await FullQueue.FillAsync(fixture);
        var publisher = fixture.Get<EventPublisher>();
        var exposure = SampleEvents.Exposure with { VariantKey = "b", AssignedVariantKey = null };

        var waiting = Enumerable.Range(0, MostWaiting)
            .Select(i => publisher.Write(exposure with { SubjectId = $"w{i}" }, new EnqueueWait(WaitMode.Task, CancellationToken.None)).PendingAdmission)
            .ToList();
        Assert.All(waiting, task => Assert.False(task!.IsCompleted));
        Assert.Null(publisher.Write(exposure, new EnqueueWait(WaitMode.Task, CancellationToken.None)).PendingAdmission);

        Assert.Equal(MostWaiting, publisher.Pipeline.Gate.Waiting);
        Assert.Equal(1, fixture.Dropped("exp", "b", DropReasons.QueueFull));
        _hanging.Gate!.SetResult();
        await fixture.Time.AdvanceUntil(Task.WhenAll(waiting.OfType<Task>()));
        Assert.Equal(0, fixture.Dropped("exp", "b", DropReasons.Timeout));
    }

    [Fact]
    public async Task The_callers_cancellation_ends_the_wait_and_not_the_call()
    {
        await using var fixture = Blocking();
        await FullQueue.FillAsync(fixture);
        using var cancellation = new CancellationTokenSource();

        var call = fixture.Get<IWaiting>().WorkAsync("late", cancellation.Token);
        await cancellation.CancelAsync();

        Assert.Equal("late", await call);
        Assert.Equal(1, fixture.Dropped("waiting", "control", DropReasons.Timeout));
        _hanging.Gate!.SetResult();
    }

    [Fact]
    public async Task The_result_and_the_exception_of_a_call_that_awaited_room_are_the_variants()
    {
        await using var fixture = Blocking();
        await FullQueue.FillAsync(fixture);
        var waiting = fixture.Get<IWaiting>();

        var fails = waiting.FailAsync("f");
        var gives = waiting.GiveAsync("g");
        var streams = Collect(waiting.StreamAsync("s"));
        _hanging.Gate!.SetResult();

        await Assert.ThrowsAsync<FormatException>(() => fails);
        Assert.Equal("g", await gives);
        Assert.Equal(["s", "s"], await streams);

        static async Task<List<string>> Collect(IAsyncEnumerable<string> stream)
        {
            var items = new List<string>();
            await foreach (var item in stream)
            {
                items.Add(item);
            }

            return items;
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_outcome_names_its_exposure_only_where_that_found_room(bool findsRoom)
    {
        var answering = new Answering();
        await using var fixture = WithOutcomes(answering);
        await FullQueue.FillAsync(fixture);

        var call = fixture.Get<IAnswering>().RunAsync("late");
        if (!findsRoom)
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(1));
            await fixture.Time.AdvanceUntil(() => fixture.Dropped("answering", "control", DropReasons.Timeout) == 1, TimeSpan.Zero);
        }

        _hanging.Gate!.SetResult();
        await fixture.Time.AdvanceUntil(fixture.Get<IEventPublisher>().FlushAsync().AsTask(), TimeSpan.Zero);
        answering.Answer.SetResult();
        await fixture.Time.AdvanceUntil(call, TimeSpan.Zero);
        await fixture.Time.AdvanceUntil(fixture.Get<IEventPublisher>().FlushAsync().AsTask(), TimeSpan.Zero);

        var exposures = _hanging.Events.Where(envelope => envelope.Payload is ExposureEvent { SubjectId: "late" }).Select(envelope => (Guid?)envelope.EventId);
        var outcome = Assert.Single(_hanging.Events.Select(envelope => envelope.Payload).OfType<OutcomeEvent>());
        Assert.Equal(findsRoom ? 1 : 0, exposures.Count());
        Assert.Equal(exposures.SingleOrDefault(), outcome.ExposureEventId);
    }

    [Fact]
    public async Task An_exposure_and_its_outcome_wait_no_longer_together_than_a_call_may()
    {
        var answering = new Answering();
        answering.Answer.SetResult();
        await using var fixture = WithOutcomes(answering);
        await FullQueue.FillAsync(fixture);

        var call = fixture.Get<IAnswering>().RunAsync("late");
        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        await fixture.Time.AdvanceUntil(call, TimeSpan.Zero);

        Assert.Equal(2, fixture.Dropped("answering", "control", DropReasons.Timeout));
        _hanging.Gate!.SetResult();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Publishing_throws_where_its_wait_is_cancelled_and_not_where_it_has_lasted_too_long(bool isCancelled)
    {
        await using var fixture = Fixture(_ => { }, _ => { });
        await FullQueue.FillAsync(fixture);
        using var cancellation = new CancellationTokenSource();

        var publishing = fixture.Get<IEventPublisher>().PublishAsync(SampleEvents.Exposure with { SubjectId = "late" }, cancellation.Token).AsTask();
        Assert.False(publishing.IsCompleted);
        if (isCancelled)
        {
            await cancellation.CancelAsync();
            var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => publishing);
            Assert.Equal(cancellation.Token, error.CancellationToken);
        }
        else
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(1));
            await publishing;
        }

        Assert.Equal(1, fixture.Dropped("exp", "b", DropReasons.Timeout));
        _hanging.Gate!.SetResult();
    }

    [Fact]
    public async Task In_drop_mode_no_call_waits()
    {
        await using var fixture = Fixture(_ => { }, options => options.FailureMode = BackplaneFailureMode.Drop);
        var waiting = fixture.Get<IWaiting>();

        for (var i = 0; i < 1_000; i++)
        {
            Assert.True(waiting.WorkAsync($"u{i}", CancellationToken.None).IsCompletedSuccessfully);
            waiting.Work($"v{i}");
        }

        Assert.InRange(fixture.Dropped("waiting", "control", DropReasons.QueueFull), 1, 2_000);
        _hanging.Gate!.SetResult();
    }

    [Fact]
    public async Task Only_required_destinations_make_callers_wait()
    {
        var other = new CountingBackplane();
        await using var fixture = Fixture(
            _ => { },
            options =>
            {
                options.RequiredDestinations.Clear();
                options.RequiredDestinations.Add(nameof(CountingBackplane));
            },
            services => services.AddSingleton<IDataBackplane>(other));
        var waiting = fixture.Get<IWaiting>();

        for (var i = 0; i < 100; i++)
        {
            await waiting.WorkAsync($"u{i}", CancellationToken.None);
        }

        await other.Reached(100);
        Assert.Equal(100 - FullQueue.Size, fixture.Dropped("waiting", "control", DropReasons.QueueFull));
        _hanging.Gate!.SetResult();
    }

    [Fact]
    public void A_required_destination_that_is_not_there_stops_the_start_and_the_message_names_those_that_are()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IDataBackplane>(_hanging);
        services.AddDataBackplane(options =>
        {
            options.FailureMode = BackplaneFailureMode.Block;
            options.RequiredDestinations.Add("Kafka");
        });
        using var provider = services.BuildServiceProvider();

        var error = Assert.Throws<InvalidOperationException>(() => provider.GetRequiredService<IEventPublisher>());
        Assert.Contains("contains Kafka, but the registered destinations are: RecordingBackplane", error.Message, StringComparison.Ordinal);
    }

    private DataPlaneFixture WithOutcomes(Answering answering) => Tests.DataPlaneFixture.Bare(
        FullQueue.Configure,
        services => services
            .AddSingleton<IDataBackplane>(_hanging)
            .AddSingleton(answering)
            .AddExperimentFramework(experiments => experiments.WithExposureLogging().Trial<IAnswering>(trial => trial.AddControl<Answering>())));

    private DataPlaneFixture Blocking(Action<TrialBuilder<IWaiting>>? trial = null) => Fixture(trial ?? (_ => { }), _ => { });

    private DataPlaneFixture Fixture(Action<TrialBuilder<IWaiting>> trial, Action<DataPlaneOptions> options, Action<IServiceCollection>? services = null) => Tests.DataPlaneFixture.With(
        builder => builder.Trial<IWaiting>(configure => trial(configure.AddControl<Waiting>())),
        settings =>
        {
            FullQueue.Configure(settings);
            options(settings);
        },
        collection =>
        {
            collection.AddSingleton<Waiting>().AddSingleton<IDataBackplane>(_hanging);
            services?.Invoke(collection);
        });
}

[ExposureLogged("answering", RecordOutcomes = true)]
public interface IAnswering
{
    Task RunAsync([ExposureSubject] string subject);
}

public sealed class Answering : IAnswering
{
    public TaskCompletionSource Answer { get; } = new();

    public Task RunAsync(string subject) => Answer.Task;
}
