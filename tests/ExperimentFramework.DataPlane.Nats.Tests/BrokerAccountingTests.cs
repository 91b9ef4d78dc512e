using System.Globalization;
using System.Text.Json;
using ExperimentFramework.DataPlane.Tests.Accounting;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Nats.Tests;

/// <summary>The accounts of a stream, held against what a real broker with a disk has stored although it was killed again and again.</summary>
public sealed class BrokerAccountingTests : IAsyncLifetime
{
    private const int Block = 400;

    private static readonly int Kills = int.Parse(Environment.GetEnvironmentVariable("DATAPLANE_NATS_KILLS") ?? "3", CultureInfo.InvariantCulture);

    private NatsServer _server = null!;
    private JetStreamBackplane _backplane = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await NatsServer.StartAsync();
        _backplane = new JetStreamBackplane(_server.Url);
        await _backplane.CreateStreamAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _backplane.DisposeAsync();
            await _server.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_server_that_is_killed_in_the_middle_of_a_stream_has_each_event_once_and_as_many_as_the_accounts_say()
    {
        var published = 0;
        await using (var provider = Services().BuildServiceProvider())
        {
            var publisher = provider.GetRequiredService<IEventPublisher>();
            for (var kill = 0; kill < Kills; kill++)
            {
                var (delivered, failed) = (_backplane.Delivered, _backplane.Failed);
                await PublishAsync(publisher, published, Block);
                await Eventually.Holds(() => _backplane.Delivered > delivered);
                await _server.KillAsync();
                await PublishAsync(publisher, published + Block, Block);
                published += 2 * Block;
                await Eventually.Holds(() => _backplane.Failed > failed);
                await _server.RestartAsync();
            }

            await publisher.FlushAsync(Token);
        }

        await using var reader = new JetStreamBackplane(_server.Url);
        var lines = await reader.ReadAsync(Token);
        Assert.Equal(lines.Count, lines.Select(IdOf).Distinct().Count());
        var sums = new EventStreamSums(lines);
        var producer = Assert.Single(sums.Producers);
        Assert.Contains(producer, sums.Complete);
        Assert.Equal(sums.Expected(producer), sums.Arrived(producer));
        Assert.Equal(published, sums.Arrived(producer).Values.Sum());
    }

    [Fact]
    public async Task An_event_that_the_server_has_already_because_the_answer_was_lost_is_delivered_and_stored_once()
    {
        var envelope = new DataPlaneEnvelope
        {
            EventId = Guid.CreateVersion7(),
            Timestamp = DateTimeOffset.UnixEpoch.AddDays(20_000),
            EventType = DataPlaneEventType.Exposure,
            SchemaVersion = "1.0.0",
            Payload = new ExposureEvent { ExperimentName = "checkout", Timestamp = DateTimeOffset.UnixEpoch.AddDays(20_000), VariantKey = "b", SelectionReason = "test" },
        };

        Assert.Equal(DeliveryStatus.Delivered, (await _backplane.PublishAsync([envelope], Token))[0]);
        Assert.Equal(DeliveryStatus.Delivered, (await _backplane.PublishAsync([envelope], Token))[0]);

        Assert.Single(await _backplane.ReadAsync(Token));
    }

    private static string IdOf(string line)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.GetProperty("eventId").GetString()!;
    }

    private static async Task PublishAsync(IEventPublisher publisher, int first, int count)
    {
        for (var number = first; number < first + count; number++)
        {
            await publisher.PublishAsync(
                new ExposureEvent
                {
                    ExperimentName = "checkout",
                    Timestamp = DateTimeOffset.UnixEpoch.AddDays(20_000),
                    VariantKey = number % 3 == 0 ? "control" : "b",
                    SubjectId = number.ToString(CultureInfo.InvariantCulture),
                    SelectionReason = "test",
                },
                Token);
        }
    }

    private IServiceCollection Services()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IDataBackplane>(_ => new Borrowed(_backplane));
        return services.AddDataBackplane(options =>
        {
            options.Retry.MaxAttempts = 100;
            options.Retry.BaseDelay = TimeSpan.FromMilliseconds(100);
            options.Retry.MaxDelay = TimeSpan.FromSeconds(5);
            options.BatchSize = 50;
            options.ShutdownTimeout = TimeSpan.FromMinutes(2);
        });
    }

    /// <summary>The test goes on with the destination when the pipeline has ended.</summary>
    private sealed class Borrowed(JetStreamBackplane backplane) : IDataBackplane
    {
        public ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default) => backplane.PublishAsync(envelope, cancellationToken);

        public ValueTask<BatchResult> PublishAsync(IReadOnlyList<DataPlaneEnvelope> envelopes, CancellationToken cancellationToken = default) => backplane.PublishAsync(envelopes, cancellationToken);

        public ValueTask FlushAsync(CancellationToken cancellationToken = default) => backplane.FlushAsync(cancellationToken);

        public ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default) => backplane.HealthAsync(cancellationToken);
    }
}
