using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>What each destination has accepted, by experiment and assigned variant.</summary>
public sealed class DeliveredCountTests
{
    private static readonly OutcomeEvent FallenBack = SampleEvents.Outcome with { VariantKey = "control", AssignedVariantKey = "c" };

    [Fact]
    public async Task Each_destination_counts_what_it_accepts_for_the_assigned_variant_and_not_what_it_rejects()
    {
        await using var fixture = DataPlaneFixture.Bare(options => options.EnableErrorEvents = false, services => services
            .AddSingleton<IDataBackplane>(new RejectingBackplane("u1"))
            .AddSingleton<IDataBackplane>(new RecordingBackplane())
            .AddSingleton<IDataBackplane>(new InMemoryDataBackplane()));
        using var delivered = Collector(fixture, "dataplane.events.delivered");
        foreach (var sample in (DataPlaneEvent[])[SampleEvents.Exposure with { SubjectId = "u1" }, SampleEvents.Exposure with { SubjectId = "u2" }, FallenBack, FallenBack])
        {
            await fixture.Get<IEventPublisher>().PublishAsync(sample, TestContext.Current.CancellationToken);
        }

        await fixture.Time.AdvanceUntil(fixture.Get<IEventPublisher>().FlushAsync(TestContext.Current.CancellationToken).AsTask());

        var rows = Rows(delivered);
        Assert.Equal(["exp/b Exposure 1", "exp/c Outcome 2"], rows[nameof(RejectingBackplane)]);
        Assert.Equal(["exp/b Exposure 2", "exp/c Outcome 2"], rows[nameof(RecordingBackplane)]);
        Assert.Equal(["exp/b Exposure 2", "exp/c Outcome 2"], rows[nameof(InMemoryDataBackplane)]);
    }

    [Fact]
    public async Task Events_in_the_outbox_have_left_the_queue_and_are_delivered_once_the_destination_accepts_them()
    {
        var backplane = new RecordingBackplane { Failure = new IOException("down") };
        var outbox = new InMemoryEventOutbox(capacity: 100);
        await using var fixture = DataPlaneFixture.Bare(_ => { }, services => services.AddSingleton<IDataBackplane>(backplane).AddSingleton<IEventOutbox>(outbox));
        using var delivered = Collector(fixture, "dataplane.events.delivered");
        using var published = Collector(fixture, "dataplane.destination.published");
        await fixture.Get<IEventPublisher>().PublishAsync(SampleEvents.Exposure, TestContext.Current.CancellationToken);
        await fixture.Time.AdvanceUntil(fixture.Get<IEventPublisher>().FlushAsync(TestContext.Current.CancellationToken).AsTask());

        Assert.Equal(["exp/b Exposure 1"], Rows(published)[nameof(RecordingBackplane)]);
        Assert.Empty(Rows(delivered));
        backplane.Failure = null;
        await fixture.Time.AdvanceUntil(() => Rows(delivered)[nameof(RecordingBackplane)].Any());

        Assert.Equal(["exp/b Exposure 1"], Rows(delivered)[nameof(RecordingBackplane)]);
        Assert.Equal(["exp/b Exposure 1"], Rows(published)[nameof(RecordingBackplane)]);
    }

    [Fact]
    public async Task Accounts_count_as_delivered_for_all_experiments()
    {
        await using var fixture = DataPlaneFixture.Bare(options => options.EnableAccountingEvents = true, services => services.AddSingleton<IDataBackplane>(new RecordingBackplane()));
        using var delivered = Collector(fixture, "dataplane.events.delivered");
        await fixture.Get<IEventPublisher>().PublishAsync(SampleEvents.Exposure, TestContext.Current.CancellationToken);
        await fixture.Time.AdvanceUntil(() => Rows(delivered)[nameof(RecordingBackplane)].Contains("*/ Accounting 1"), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void Counting_an_event_of_a_known_row_allocates_nothing()
    {
        var counts = new EventCounts();
        DataPlaneEvent[] samples = [SampleEvents.Exposure, FallenBack];
        Count(1);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Count(1_000);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
        Assert.Equal([1_001L, 1_001L], counts.Rows.Select(row => row.Count));

        void Count(int times)
        {
            for (var i = 0; i < times; i++)
            {
                foreach (var sample in samples)
                {
                    counts.Add(sample);
                }
            }
        }
    }

    [Fact]
    public void Further_experiments_are_counted_together()
    {
        var counts = new EventCounts();
        for (var i = 0; i < EventKey.MaxRows + 5; i++)
        {
            counts.Add(SampleEvents.Exposure with { ExperimentName = $"e{i}" });
        }

        var rows = counts.Rows.ToDictionary(row => row.Key, row => row.Count);
        Assert.Equal(EventKey.MaxRows + 1, rows.Count);
        Assert.Equal(5, rows[new("(other)", "(other)", DataPlaneEventType.Exposure)]);
    }

    [Fact]
    public void Further_drops_of_a_destination_are_counted_together()
    {
        var account = new StreamAccount();
        for (var i = 0; i < EventKey.MaxRows + 5; i++)
        {
            account.CountDropped(new($"e{i}", "b", DataPlaneEventType.Exposure), DropReasons.Rejected, Guid.Empty);
        }

        var rows = account.Dropped.ToDictionary(row => row.Drop.Key, row => row.Count);
        Assert.Equal(EventKey.MaxRows + 1, rows.Count);
        Assert.Equal(5, rows[new("(other)", "(other)", DataPlaneEventType.Exposure)]);
    }

    [Fact]
    public void Categories_of_a_later_version_are_counted_together()
    {
        var counts = new EventTypeCounts();
        var last = Enum.GetValues<DataPlaneEventType>().Max();
        foreach (var category in (DataPlaneEventType[])[last, last + 1, last + 2, (DataPlaneEventType)(-1)])
        {
            counts.Add(category);
        }

        Assert.Equal([(last, 1L), ((DataPlaneEventType)(-1), 3L)], counts.Counts);
    }

    private static MetricCollector<long> Collector(DataPlaneFixture fixture, string instrument) => new(fixture.Get<IMeterFactory>(), DeliveryMetrics.MeterName, instrument);

    /// <summary>Returns the present counts by destination.</summary>
    private static ILookup<string, string> Rows(MetricCollector<long> collector)
    {
        collector.RecordObservableInstruments();
        return collector.GetMeasurementSnapshot(clear: true)
            .Select(row => (Destination: (string)row.Tags["destination"]!, Text: FormattableString.Invariant($"{row.Tags["experiment"]}/{row.Tags["variant"]} {row.Tags["event_type"]} {row.Value}")))
            .OrderBy(row => row.Text, StringComparer.Ordinal)
            .ToLookup(row => row.Destination, row => row.Text);
    }

    /// <summary>A destination that never accepts the events of one subject.</summary>
    private sealed class RejectingBackplane(string subject) : BatchBackplane
    {
        public override ValueTask<BatchResult> PublishAsync(IReadOnlyList<DataPlaneEnvelope> envelopes, CancellationToken cancellationToken = default) => ValueTask.FromResult(BatchResult.FromStatuses(
            [.. envelopes.Select(envelope => (envelope.Payload as ExposureEvent)?.SubjectId == subject ? DeliveryStatus.PermanentFailure : DeliveryStatus.Delivered)]));
    }
}
