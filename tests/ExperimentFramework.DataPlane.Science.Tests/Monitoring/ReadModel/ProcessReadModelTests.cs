using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Science.Tests;

/// <summary>What only the process knows: its destinations, and who looked at results here.</summary>
public sealed class ProcessReadModelTests
{
    private readonly FakeTimeProvider _time = new(MonitoredStream.Start);
    private readonly StoppableBackplane _destination = new();

    [Fact]
    public async Task An_outage_of_a_destination_what_it_cost_and_its_end_are_in_the_read_model()
    {
        using var host = Create();
        await host.StartAsync(Cancellation);
        var model = host.Services.GetRequiredService<IExperimentReadModel>();
        await PublishAsync(host, "before");
        await _time.AdvanceUntil(() => Destination(model).Delivered > 0);
        Assert.Equal((DestinationState.Delivering, 0L, null, null), (Destination(model).State, Destination(model).Dropped, Destination(model).FailingSince, Destination(model).LastOutage));

        _destination.IsStopped = true;
        await PublishAsync(host, "during");
        await _time.AdvanceUntil(() => Destination(model).State == DestinationState.Retrying);
        Assert.InRange(Destination(model).FailingSince!.Value, MonitoredStream.Start, _time.GetUtcNow());
        Assert.Contains("stopped", Destination(model).LastError, StringComparison.Ordinal);

        await _time.AdvanceUntil(() => Destination(model).State == DestinationState.LosingEvents, TimeSpan.FromSeconds(5));
        var detail = (await model.GetExperimentAsync(MonitoredStream.Experiment, Cancellation))!;
        var drop = Assert.Single(detail.Drops);
        Assert.Equal((nameof(StoppableBackplane), "b", "Exposure", "retries_exhausted"), (drop.Destination, drop.Variant, drop.EventType, drop.Reason));

        _destination.IsStopped = false;
        await PublishAsync(host, "after");
        await _time.AdvanceUntil(() => Destination(model).State == DestinationState.Delivering, TimeSpan.FromSeconds(1));
        var recovered = Destination(model);
        Assert.Null(recovered.FailingSince);
        Assert.True(recovered.LastOutage!.From < recovered.LastOutage.Until && recovered.Dropped >= drop.Events);
        Assert.Equal(DestinationState.Delivering, (await model.GetExperimentAsync(MonitoredStream.Experiment, Cancellation))!.Destinations.Single(static each => each.Name == nameof(StoppableBackplane)).State);
        await host.StopAsync(Cancellation);
    }

    [Fact]
    public async Task Looks_are_in_the_read_model_those_of_before_and_those_since()
    {
        var ledger = new InMemoryAnalysisLedger();
        await ledger.RecordAsync(new AnalysisLook { Timestamp = MonitoredStream.Start, By = "ada", ExperimentName = MonitoredStream.Experiment, Run = 1, Subjects = 5, Shown = "report" }, Cancellation);
        await ledger.RecordAsync(new AnalysisLook { Timestamp = MonitoredStream.Start, By = "ada", ExperimentName = "another", Run = 1, Subjects = 5, Shown = "report" }, Cancellation);
        using var host = Create(ledger);
        await host.StartAsync(Cancellation);
        var model = host.Services.GetRequiredService<IExperimentReadModel>();
        await PublishAsync(host, "s");
        var looks = host.Services.GetRequiredService<AnalysisLooks>();
        await _time.AdvanceUntil(() => host.Services.GetRequiredService<ExperimentMonitor>().GetExperiments().Count > 0);

        await looks.LookAsync(MonitoredStream.Experiment, "bob", "page", cancellationToken: Cancellation);
        var first = (await model.GetExperimentAsync(MonitoredStream.Experiment, Cancellation))!.Looks!;
        await looks.LookAsync(MonitoredStream.Experiment, "cid", "export", cancellationToken: Cancellation);
        var second = (await model.GetExperimentAsync(MonitoredStream.Experiment, Cancellation))!.Looks!;

        Assert.Equal((2L, "bob, ada"), (first.Count, string.Join(", ", first.Latest.Select(static look => look.By))));
        Assert.Equal((3L, "cid, bob, ada"), (second.Count, string.Join(", ", second.Latest.Select(static look => look.By))));
        Assert.Null(second.Problem);
        await host.StopAsync(Cancellation);
    }

    [Fact]
    public async Task A_ledger_that_cannot_be_read_is_named_and_own_looks_are_there_all_the_same()
    {
        var ledger = new UnreadableLedger();
        LookMemory memory = new(ledger, _time);
        memory.Add(Look("bob"));

        var (count, latest, problem) = await memory.GetAsync(MonitoredStream.Experiment, Cancellation);
        Assert.Equal((1L, "bob", "Earlier looks cannot be read from the ledger: Line 3 is no look."), (count, Assert.Single(latest).By, problem));

        // It is left alone for a minute.
        await memory.GetAsync(MonitoredStream.Experiment, Cancellation);
        Assert.Equal(1, ledger.Readings);
        _time.Advance(TimeSpan.FromMinutes(1));
        ledger.IsRepaired = true;
        Assert.Equal((2L, null), ((await memory.GetAsync(MonitoredStream.Experiment, Cancellation)).Count, (await memory.GetAsync(MonitoredStream.Experiment, Cancellation)).Problem));
        Assert.Equal(2, ledger.Readings);
    }

    [Fact]
    public async Task A_ledger_that_hangs_holds_up_a_page_for_two_seconds_and_no_later_one_at_all()
    {
        var ledger = new UnreadableLedger { Hangs = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously) };
        LookMemory memory = new(ledger, _time);
        memory.Add(Look("bob"));

        var first = memory.GetAsync(MonitoredStream.Experiment, Cancellation).AsTask();
        await _time.AdvanceUntil(() => first.IsCompleted);
        Assert.Equal((1L, "Earlier looks are still being read from the ledger."), ((await first).Count, (await first).Problem));
        var second = memory.GetAsync(MonitoredStream.Experiment, Cancellation);
        Assert.True(second.IsCompletedSuccessfully);
        Assert.Equal((await first).Problem, (await second).Problem);

        ledger.IsRepaired = true;
        ledger.Hangs.SetResult();
        await Eventually.Holds(async () => (await memory.GetAsync(MonitoredStream.Experiment, Cancellation)) is { Problem: null, Count: 2 });
        Assert.Equal(1, ledger.Readings);
    }

    [Fact]
    public async Task A_ledger_that_others_may_write_to_says_when_it_was_read()
    {
        Assert.Null((await new LookMemory(new InMemoryAnalysisLedger(), _time).GetAsync(MonitoredStream.Experiment, Cancellation)).OthersReadAt);
        Assert.Equal(_time.GetUtcNow(), (await new LookMemory(new UnreadableLedger { IsRepaired = true }, _time).GetAsync(MonitoredStream.Experiment, Cancellation)).OthersReadAt);
    }

    [Fact]
    public async Task While_the_ledger_cannot_be_read_all_own_looks_are_counted()
    {
        LookMemory memory = new(new UnreadableLedger(), _time);
        for (var number = 0; number < 250; number++)
        {
            memory.Add(Look("user " + number));
        }

        var looks = await memory.GetAsync(MonitoredStream.Experiment, Cancellation);

        Assert.Equal((250L, 100), (looks.Count, looks.Latest.Count));
    }

    [Fact]
    public async Task Of_many_looks_the_latest_hundred_are_kept_and_all_are_counted()
    {
        LookMemory memory = new(new InMemoryAnalysisLedger(), _time);
        await memory.GetAsync(MonitoredStream.Experiment, Cancellation);
        for (var look = 0; look < 250; look++)
        {
            memory.Add(Look("user " + look));
        }

        var (count, latest, _) = await memory.GetAsync(MonitoredStream.Experiment, Cancellation);

        Assert.Equal((250L, 100, "user 249", "user 150"), (count, latest.Count, latest[0].By, latest[^1].By));
    }

    [Fact]
    public async Task Looks_that_were_recorded_before_the_first_reading_are_counted_once()
    {
        InMemoryAnalysisLedger ledger = new();
        LookMemory memory = new(ledger, _time);
        for (var number = 0; number < 250; number++)
        {
            var look = Look("user " + number);
            await ledger.RecordAsync(look, Cancellation);
            memory.Add(look);
        }

        var (count, latest, _) = await memory.GetAsync(MonitoredStream.Experiment, Cancellation);

        Assert.Equal((250L, 100, "user 249", "user 150"), (count, latest.Count, latest[0].By, latest[^1].By));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static AnalysisLook Look(string by) => new() { Timestamp = MonitoredStream.Start, By = by, ExperimentName = MonitoredStream.Experiment, Run = 1, Subjects = 5, Shown = "page" };

    private static DestinationOverview Destination(IExperimentReadModel model)
    {
        var reading = model.GetExperimentsAsync(Cancellation).AsTask();
        Assert.True(reading.IsCompletedSuccessfully);
        return reading.GetAwaiter().GetResult().Destinations.Single(static destination => destination.Name == nameof(StoppableBackplane));
    }

    private static ValueTask PublishAsync(IHost host, string subject) => host.Services.GetRequiredService<IEventPublisher>().PublishAsync(
        new ExposureEvent { ExperimentName = MonitoredStream.Experiment, Timestamp = MonitoredStream.Start, VariantKey = "b", SubjectId = subject, AllocationVersion = "v1", SelectionReason = SelectionReasons.HashAssignment }, Cancellation);

    private IHost Create(IAnalysisLedger? ledger = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<TimeProvider>(_time);
        builder.Services.AddSingleton<IDataBackplane>(_destination);
        if (ledger is not null)
        {
            builder.Services.AddSingleton(ledger);
        }

        builder.Services.AddExperimentMonitor();
        return builder.Build();
    }

    private sealed class StoppableBackplane : IDataBackplane
    {
        private volatile bool _isStopped;

        public bool IsStopped
        {
            set => _isStopped = value;
        }

        public ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default) =>
            _isStopped ? throw new IOException("It is stopped.") : ValueTask.CompletedTask;

        public ValueTask FlushAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult(BackplaneHealth.Healthy());
    }

    private sealed class UnreadableLedger : IAnalysisLedger
    {
        public int Readings { get; private set; }

        public bool IsRepaired { get; set; }

        public TaskCompletionSource? Hangs { get; init; }

        public ValueTask RecordAsync(AnalysisLook look, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public async IAsyncEnumerable<AnalysisLook> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            Readings++;
            yield return Look("ada");
            await (Hangs?.Task ?? Task.Delay(0, cancellationToken));
            if (!IsRepaired)
            {
                throw new InvalidDataException("Line 3 is no look.");
            }
        }
    }
}
