using ExperimentFramework.DataPlane.Tests.Delivery;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace ExperimentFramework.DataPlane.Tests.Backplanes;

public sealed class LoggingDataBackplaneTests
{
    public static TheoryData<DataPlaneEvent> Events => [.. SampleEvents.All];

    [Theory]
    [MemberData(nameof(Events))]
    public async Task The_line_is_structured_and_its_json_reads_back(DataPlaneEvent sample)
    {
        var logger = new FakeLogger<LoggingDataBackplane>();
        var envelope = SampleEvents.Envelope(sample);

        await new LoggingDataBackplane(logger).PublishAsync(envelope);

        var record = logger.LatestRecord;
        Assert.Equal(LogLevel.Information, record.Level);
        Assert.Equal(envelope.EventId.ToString(), record.GetStructuredStateValue("EventId"));
        Assert.Equal(envelope.EventType.ToString(), record.GetStructuredStateValue("EventType"));
        var read = DataPlaneJson.Deserialize(record.GetStructuredStateValue("Event")!);
        Assert.Equivalent(envelope, read, strict: true);
        Assert.Equal(DataPlaneJson.Serialize(envelope), DataPlaneJson.Serialize(read));
    }

    [Fact]
    public Task An_event_is_required() =>
        Assert.ThrowsAsync<ArgumentNullException>("envelope", async () => await new LoggingDataBackplane(new FakeLogger<LoggingDataBackplane>()).PublishAsync(null!));

    [Fact]
    public async Task Calls_arrive_in_the_log()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(new FixedSelector("b")), services: services => services.AddLoggingDataBackplane());

        fixture.Get<IGreeter>().GreetWith("u1", "FR", 44);
        await fixture.Get<IEventPublisher>().FlushAsync();

        var record = Assert.Single(fixture.Logs, record => record.Category == typeof(LoggingDataBackplane).FullName);
        Assert.Contains("\"attributes\":{\"country\":\"FR\",\"age\":44}", record.Message, StringComparison.Ordinal);
        Assert.Contains("\"variantKey\":\"b\"", record.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("assignedVariantKey", record.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_level_that_hides_the_events_is_unhealthy()
    {
        using var factory = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Warning).AddFakeLogging());

        var health = await new LoggingDataBackplane(factory.CreateLogger<LoggingDataBackplane>()).HealthAsync();

        Assert.False(health.IsHealthy);
        Assert.Contains("Level Information is disabled", health.Description, StringComparison.Ordinal);
    }
}
