using System.Globalization;
using ExperimentFramework.DataPlane.OpenTelemetry.Tests.Receiving;
using ExperimentFramework.DataPlane.Tests.Delivery;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.OpenTelemetry.Tests.Otlp;

/// <summary>A collector that is down delays nobody else, and gets everything in order when it is back.</summary>
public sealed class OtlpOutageTests
{
    private const int Before = 20;
    private const int During = 300;

    [Fact]
    public async Task A_collector_that_is_down_for_ten_minutes_gets_all_events_in_order_and_the_destination_beside_it_has_them_at_once()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        var healthy = new RecordingBackplane();
        await using var services = new ServiceCollection()
            .AddSingleton<TimeProvider>(time)
            .AddSingleton<IDataBackplane>(healthy)
            .AddOtlpDataBackplane(receiver.Endpoint.ToString(), options => options.Timeout = TimeSpan.FromHours(1))
            .AddDataBackplane(options =>
            {
                options.PublishTimeout = TimeSpan.FromHours(1);
                options.ShutdownTimeout = TimeSpan.FromHours(1);
                options.Retry.MaxAttempts = 100;
                options.Retry.MaxDelay = TimeSpan.FromSeconds(30);
                options.EnableErrorEvents = false;
            })
            .BuildServiceProvider();
        var publisher = services.GetRequiredService<IEventPublisher>();
        await PublishAsync(publisher, 0, Before);
        await time.AdvanceUntil(() => Subjects(receiver).Count == Before);

        receiver.Answer = async (context, _) =>
        {
            await OtlpReceiver.WriteAsync(context, new Status { Message = "down" }, StatusCodes.Status503ServiceUnavailable);
            return true;
        };
        await PublishAsync(publisher, Before, During);
        await time.AdvanceUntil(() => SubjectsOf(healthy).Count == Before + During);
        var asked = receiver.Requests;
        var end = time.GetUtcNow().AddMinutes(10);
        await time.AdvanceUntil(() => time.GetUtcNow() >= end, step: TimeSpan.FromSeconds(1));

        Assert.Equal(Before, Subjects(receiver).Count);
        Assert.True(receiver.Requests > asked);
        Assert.False((await publisher.HealthAsync(TestContext.Current.CancellationToken)).IsHealthy);
        receiver.Answer = null;
        await time.AdvanceUntil(() => Subjects(receiver).Count >= Before + During, step: TimeSpan.FromSeconds(1));
        await time.AdvanceUntil(services.DisposeAsync().AsTask());

        Assert.Equal(Enumerable.Range(0, Before + During).Select(Subject), Subjects(receiver));
        Assert.Equal(SubjectsOf(healthy), Subjects(receiver));
        var last = receiver.Records.Select(ReceivedEvents.Read).Select(envelope => envelope.Payload).OfType<AccountingEvent>().Last();
        Assert.True(last.IsLast);
        Assert.Empty(last.Drops);
        Assert.Equal(Before + During, last.Published.Sum(row => row.Count));
    }

    private static string Subject(int number) => string.Create(CultureInfo.InvariantCulture, $"u{number}");

    private static async Task PublishAsync(IEventPublisher publisher, int first, int count)
    {
        foreach (var number in Enumerable.Range(first, count))
        {
            await publisher.PublishAsync(SampleEvents.Exposure with { SubjectId = Subject(number) }, TestContext.Current.CancellationToken);
        }
    }

    private static List<string?> Subjects(OtlpReceiver receiver) => [.. receiver.Records.Where(record => record.EventName == "feature_flag.evaluation").Select(OtlpEvents.SubjectOf)];

    private static List<string?> SubjectsOf(RecordingBackplane backplane) => [.. backplane.Events.Select(envelope => envelope.Payload).OfType<ExposureEvent>().Select(exposure => exposure.SubjectId)];
}
