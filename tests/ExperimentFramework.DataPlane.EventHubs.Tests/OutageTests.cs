using ExperimentFramework.DataPlane.Tests.Accounting;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.EventHubs.Tests;

/// <summary>A hub that is down for ten minutes of virtual time, beside a destination that is not.</summary>
public sealed class OutageTests : IDisposable
{
    private const int Before = 50;
    private const int During = 300;
    private const int After = 50;

    private readonly HubServer _server = HubServer.Start();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_other_destination_gets_everything_at_once_and_the_hub_the_same_afterwards_in_order_and_by_its_accounts()
    {
        var time = new PacedTime(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        var healthy = new CountingBackplane();
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(time);
        services.AddEventHubsAmqpDataBackplane(_server.ConnectionString, configure: options => options.SendTimeout = TimeSpan.FromMinutes(2));
        services.AddCompositeDataBackplane(_ => healthy);
        services.AddDataBackplane(options =>
        {
            options.PublishTimeout = TimeSpan.FromMinutes(5);
            options.Retry.MaxAttempts = 100;
            options.Retry.BaseDelay = TimeSpan.FromSeconds(10);
            options.Retry.MaxDelay = TimeSpan.FromSeconds(30);
            options.AccountingInterval = TimeSpan.FromHours(1);
        });
        await using (var provider = services.BuildServiceProvider())
        {
            var publisher = provider.GetRequiredService<IEventPublisher>();
            await PublishAsync(publisher, 0, Before);
            await time.AdvanceUntil(publisher.FlushAsync(Token).AsTask());
            Assert.Equal(Before, _server.Messages.Count);

            var isDown = true;
            _server.Answer = _ => isDown ? HubAnswer.Busy : HubAnswer.Accept;
            await PublishAsync(publisher, Before, During);
            await time.AdvanceUntil(() => healthy.Published >= Before + During);
            Assert.Equal(Before, _server.Messages.Count);
            var end = time.GetUtcNow() + TimeSpan.FromMinutes(10);
            await time.AdvanceUntil(() => time.GetUtcNow() >= end, TimeSpan.FromSeconds(1));
            Assert.Equal(Before, _server.Messages.Count);
            Assert.True((await publisher.HealthAsync(Token)) is { IsDegraded: true } or { IsHealthy: false });

            isDown = false;
            await PublishAsync(publisher, Before + During, After);
            await time.AdvanceUntil(publisher.FlushAsync(Token).AsTask(), TimeSpan.FromSeconds(1));
        }

        var exposures = _server.Messages.Where(message => message.Envelope.Payload is ExposureEvent).ToList();
        Assert.Equal(Enumerable.Range(0, Before + During + After), exposures.Select(TestClient.NumberOf).Order());
        Assert.All(exposures.GroupBy(message => message.PartitionKey), subject => Assert.Equal(subject.Select(TestClient.NumberOf).Order(), subject.Select(TestClient.NumberOf)));
        var sums = new EventStreamSums(_server.Messages.Select(message => DataPlaneJson.Serialize(message.Envelope)));
        var producer = Assert.Single(sums.Producers);
        Assert.Contains(producer, sums.Complete);
        Assert.Equal(sums.Expected(producer), sums.Arrived(producer));
        Assert.Equal(Before + During + After, sums.Arrived(producer).Values.Sum());
    }

    [Fact]
    public async Task A_hub_that_is_gone_and_comes_back_at_its_address_gets_each_event_once_and_in_order()
    {
        await using var backplane = TestClient.Open(_server, timeout: TimeSpan.FromSeconds(20));
        var events = TestClient.Exposures(0, 30);
        Assert.Null((await backplane.PublishAsync(events[..10], Token)).Error);
        _server.Dispose();

        var result = await backplane.PublishAsync(events[10..], Token);

        Assert.All(result.Statuses(20), status => Assert.Equal(DeliveryStatus.TransientFailure, status));
        Assert.False((await backplane.HealthAsync(Token)).IsHealthy);
        using var again = HubServer.Start(_server.Port);
        var left = events[10..];
        await Eventually.Holds(async () =>
        {
            var answer = await backplane.PublishAsync(left, Token);
            left = [.. left.Where((_, index) => answer[index] != DeliveryStatus.Delivered)];
            return left.Length == 0;
        });
        Assert.Equal(Enumerable.Range(0, 10), _server.Messages.Select(TestClient.NumberOf).Order());
        Assert.Equal(Enumerable.Range(10, 20), again.Messages.Select(TestClient.NumberOf).Order());
        Assert.All(again.Messages.GroupBy(message => message.PartitionKey), subject => Assert.Equal(subject.Select(TestClient.NumberOf).Order(), subject.Select(TestClient.NumberOf)));
        Assert.True(await backplane.HealthAsync(Token) is { IsHealthy: true, IsDegraded: false });
    }

    public void Dispose() => _server.Dispose();

    private static async Task PublishAsync(IEventPublisher publisher, int first, int count)
    {
        foreach (var envelope in TestClient.Exposures(first, count))
        {
            await publisher.PublishAsync(envelope.Payload, Token);
        }
    }
}
