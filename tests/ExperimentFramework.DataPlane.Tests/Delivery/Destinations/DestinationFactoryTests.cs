using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>How destinations are named and set up.</summary>
public sealed class DestinationFactoryTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly DropLedger _drops = new();

    [Fact]
    public async Task Destinations_are_numbered_by_simple_name_and_known_to_the_outbox_by_their_full_one()
    {
        var options = new DataPlaneOptions();
        using var metrics = new DeliveryMetrics(_drops);
        var factory = new DestinationFactory(options, new ShutdownBudget(TimeSpan.Zero, _time), metrics, _time, NullLoggerFactory.Instance);
        await using var first = factory.Create(new One.Kafka());
        await using var second = factory.Create(new Other.Kafka());
        await using var third = factory.Create(new One.Kafka());

        Assert.Equal(["Kafka", "Kafka#2", "Kafka#3"], [first.Name, second.Name, third.Name]);
        Assert.Equal(
            [typeof(One.Kafka).ToString(), typeof(Other.Kafka).ToString(), $"{typeof(One.Kafka)}#2"],
            [first.OutboxKey, second.OutboxKey, third.OutboxKey]);
    }

    [Fact]
    public void Each_setting_of_a_destination_is_the_option_of_its_name()
    {
        var random = new Random(1);
        var shutdown = new ShutdownBudget(TimeSpan.FromSeconds(1), _time);
        var options = new DataPlaneOptions
        {
            MaxQueueSize = 11,
            BatchSize = 7,
            PublishTimeout = TimeSpan.FromSeconds(13),
        };
        options.Retry.MaxAttempts = 3;
        options.Retry.BaseDelay = TimeSpan.FromSeconds(17);
        options.Retry.MaxDelay = TimeSpan.FromSeconds(19);

        Assert.Equal(
            new DestinationSettings(11, 7, TimeSpan.FromSeconds(13), shutdown, 3, TimeSpan.FromSeconds(17), TimeSpan.FromSeconds(19), random),
            DestinationSettings.From(options, shutdown, random));
    }

    private static class One
    {
        public sealed class Kafka : AcceptingBackplane;
    }

    private static class Other
    {
        public sealed class Kafka : AcceptingBackplane;
    }
}
