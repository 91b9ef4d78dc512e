using ExperimentFramework.DataPlane.Tests.Accounting;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>Starts pipelines that publish accounts, and checks that what arrived adds up to what they say.</summary>
internal static class AccountFixture
{
    public static DataPlaneFixture Start(IDataBackplane destination, Action<DataPlaneOptions>? configure = null) =>
        DataPlaneFixture.Queued(destination, trial => trial.Using(new FixedSelector("b")), options =>
        {
            // In virtual time, which passes faster than the workers of a busy machine do their work.
            (options.EnableAccountingEvents, options.ShutdownTimeout) = (true, TimeSpan.FromHours(1));
            configure?.Invoke(options);
        });

    public static async Task AdvanceAsync(DataPlaneFixture fixture, int seconds)
    {
        _ = fixture.Get<EventPublisher>();
        for (var i = 0; i < seconds; i++)
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(1));
            await fixture.Time.AdvanceUntil(() => fixture.Get<DeliveryPipeline>().IsResting, TimeSpan.Zero);
        }
    }

    public static List<AccountingEvent> Accounts(RecordingBackplane destination) => Accounts(destination.Events);

    public static List<AccountingEvent> Accounts(IEnumerable<DataPlaneEnvelope> events) => [.. events.Select(envelope => envelope.Payload).OfType<AccountingEvent>()];

    public static void AddsUp(IEnumerable<DataPlaneEnvelope> events)
    {
        var sums = new EventStreamSums(events.Select(DataPlaneJson.Serialize));
        var producer = Assert.Single(sums.Producers);
        Assert.Contains(producer, sums.Complete);
        Assert.Equal(sums.Arrived(producer), sums.Expected(producer));
    }
}
