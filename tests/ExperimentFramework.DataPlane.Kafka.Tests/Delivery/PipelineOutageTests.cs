using System.Globalization;
using System.Text.Json;
using ExperimentFramework.DataPlane.Tests.Accounting;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Kafka.Tests.Delivery;

/// <summary>Brokers that are down for ten minutes, beside a destination that is healthy.</summary>
public sealed class PipelineOutageTests
{
    [Fact(Timeout = 20 * 60_000)]
    public async Task Ten_minutes_without_brokers_leave_other_destinations_alone_and_accounts_exact()
    {
        await using var cluster = await KafkaCluster.StartAsync();
        var topic = await cluster.CreateTopicAsync();
        var pipeline = new DataPlaneOptions { PublishTimeout = TimeSpan.FromSeconds(2) };
        var kafka = new WatchedBackplane(new KafkaDataBackplane(new() { BootstrapServers = cluster.Addresses, Topic = topic }, pipeline));

        // The client has a clock of its own, so virtual time waits for it.
        var time = new PacedTime(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero)) { AreWorkersResting = () => kafka.IsResting, LongestRest = TimeSpan.FromSeconds(20) };
        var healthy = new RecordingBackplane();
        var services = new ServiceCollection()
            .AddSingleton<TimeProvider>(time)
            .AddSingleton<IDataBackplane>(healthy)
            .AddSingleton<IDataBackplane>(kafka)
            .AddDataBackplane(options =>
            {
                options.PublishTimeout = pipeline.PublishTimeout;
                options.Retry.MaxDelay = TimeSpan.FromMinutes(5);
                options.ShutdownTimeout = TimeSpan.FromMinutes(1);
            })
            .BuildServiceProvider();
        var publisher = services.GetRequiredService<IEventPublisher>();
        var published = 0;

        await PublishAsync(100);
        await time.AdvanceUntil(publisher.FlushAsync(TestContext.Current.CancellationToken).AsTask());
        await cluster.TakeAllDownAsync();
        var until = time.GetUtcNow().AddMinutes(10);
        await PublishAsync(200);
        for (var minute = 1; minute <= 10; minute++)
        {
            var then = until.AddMinutes(minute - 10);
            await time.AdvanceUntil(() => time.GetUtcNow() >= then, TimeSpan.FromSeconds(1));
        }

        Assert.Equal(published, Exposures(healthy).Length);
        Assert.False((await publisher.HealthAsync(TestContext.Current.CancellationToken)).IsHealthy);
        await cluster.BringAllUpAsync();
        await PublishAsync(100);
        await time.AdvanceUntil(publisher.FlushAsync(TestContext.Current.CancellationToken).AsTask(), TimeSpan.FromSeconds(1));
        await time.AdvanceUntil(services.DisposeAsync().AsTask());
        await kafka.DisposeAsync();

        var values = await Kcat.ReadValuesAsync(cluster.Addresses, topic);
        var arrived = values.Select(value => DataPlaneJson.Deserialize(value).Payload).OfType<ExposureEvent>().ToArray();
        AssertAddsUp(values);
        Assert.Equal(published, Exposures(healthy).Length);
        Assert.Equal(Enumerable.Range(300, 100), arrived.Select(Number).Distinct().Order().TakeLast(100));
        Assert.All(arrived.GroupBy(exposure => exposure.SubjectId), subject => Assert.Equal(subject.Select(Number).Distinct().Order(), subject.Select(Number).Distinct()));

        async Task PublishAsync(int count)
        {
            foreach (var envelope in TestEvents.Exposures(count, published))
            {
                await publisher.PublishAsync(envelope.Payload with { Timestamp = time.GetUtcNow() }, TestContext.Current.CancellationToken);
            }

            published += count;
        }
    }

    private static int Number(ExposureEvent exposure) => int.Parse(exposure.AllocationVersion!, CultureInfo.InvariantCulture);

    private static ExposureEvent[] Exposures(RecordingBackplane backplane) => [.. backplane.Events.Select(envelope => envelope.Payload).OfType<ExposureEvent>()];

    /// <summary>What arrived is what the last account of its producer says.</summary>
    private static void AssertAddsUp(IReadOnlyList<string> values)
    {
        var sums = new EventStreamSums(values);
        var producer = Assert.Single(sums.Producers);
        Assert.Contains(producer, sums.Complete);
        Assert.Equal(JsonSerializer.Serialize(sums.Expected(producer)), JsonSerializer.Serialize(sums.Arrived(producer)));
    }

    /// <summary>Knows whether a call is under way.</summary>
    private sealed class WatchedBackplane(KafkaDataBackplane inner) : IDataBackplane, IAsyncDisposable
    {
        private int _calls;

        public bool IsResting => Volatile.Read(ref _calls) == 0;

        public ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default) => inner.PublishAsync(envelope, cancellationToken);

        public async ValueTask<BatchResult> PublishAsync(IReadOnlyList<DataPlaneEnvelope> envelopes, CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref _calls);
            try
            {
                return await inner.PublishAsync(envelopes, cancellationToken);
            }
            finally
            {
                Interlocked.Decrement(ref _calls);
            }
        }

        public ValueTask FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);

        public ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default) => inner.HealthAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
