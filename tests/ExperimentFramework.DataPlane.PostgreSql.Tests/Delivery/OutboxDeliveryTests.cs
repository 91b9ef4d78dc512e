using System.Collections.Concurrent;
using System.Globalization;
using ExperimentFramework.DataPlane.Tests.Delivery;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests.Delivery;

/// <summary>The whole way of events through the outbox, past killed servers and killed hosts.</summary>
public sealed class OutboxDeliveryTests
{
    [Fact]
    public async Task Events_that_wait_while_the_server_is_killed_and_restarted_are_all_delivered()
    {
        await using var server = await PostgreSqlServer.StartAsync();
        var database = await server.CreateDatabaseAsync();
        var destination = new Destination { IsDown = true };
        await using var services = Host(server.ConnectionString(database), destination);
        var publisher = services.GetRequiredService<IEventPublisher>();
        var published = 0;
        for (var kill = 0; kill < 3; kill++)
        {
            published = await PublishAsync(publisher, published, 300);
            await Eventually.Holds(async () => await CountAsync(server, database) > kill * 100);
            await (kill == 1 ? server.CrashAsync() : server.KillAsync());
            published = await PublishAsync(publisher, published, 100);
            await server.StartAsync();
        }

        destination.IsDown = false;
        await Eventually.Holds(() => destination.Delivered.Count == published);
        await Eventually.Holds(async () => await CountAsync(server, database) == 0);
    }

    [Fact]
    public async Task Events_of_a_killed_host_are_delivered_once_by_another_one()
    {
        await using var server = await PostgreSqlServer.StartAsync();
        var database = await server.CreateDatabaseAsync();
        using var proxy = new CuttingProxy(server.Port);
        await using var killed = Host(server.ConnectionString(database, port: proxy.Port), new Destination { IsDown = true });
        await PublishAsync(killed.GetRequiredService<IEventPublisher>(), 0, 500);
        var other = new Destination();
        await using var survivor = Host(server.ConnectionString(database), other);
        await PublishAsync(survivor.GetRequiredService<IEventPublisher>(), 500, 100);
        await Eventually.Holds(async () => await CountAsync(server, database) == 500);
        await Eventually.Holds(() => other.Delivered.Count == 100);

        // To the server, and to the other host, this is what the end of a process is.
        proxy.Dispose();

        await Eventually.Holds(async () => await CountAsync(server, database) == 0);
        Assert.Equal(Enumerable.Range(0, 600).Select(Subject).Order(), other.Delivered.Keys.Order());
        Assert.All(other.Delivered.Values, times => Assert.Equal(1, times));
    }

    [Fact]
    public async Task Events_belong_to_the_application_of_the_options()
    {
        await using var server = await PostgreSqlServer.StartAsync();
        var database = await server.CreateDatabaseAsync();
        await using var services = Host(server.ConnectionString(database), new Destination { IsDown = true }, options => options.Application = "shop");
        await PublishAsync(services.GetRequiredService<IEventPublisher>(), 0, 500);

        await Eventually.Holds(async () => await CountAsync(server, database) > 0);

        Assert.Equal(["shop"], await server.PsqlAsync(database, "SELECT DISTINCT application FROM dataplane.outbox_owners JOIN dataplane.outbox_events USING (owner)"));
    }

    private static ServiceProvider Host(string connectionString, IDataBackplane destination, Action<PostgreSqlOutboxOptions>? configure = null) => new ServiceCollection()
        .AddDataBackplane(options =>
        {
            options.BatchSize = 50;
            options.FlushInterval = TimeSpan.FromMilliseconds(10);
            options.ShutdownTimeout = TimeSpan.FromMilliseconds(100);
            options.EnableAccountingEvents = false;
            options.EnableErrorEvents = false;
            options.Retry.MaxAttempts = 100;
            options.Retry.BaseDelay = TimeSpan.FromMilliseconds(20);
            options.Retry.MaxDelay = TimeSpan.FromMilliseconds(200);
        })
        .AddSingleton(destination)
        .AddPostgreSqlOutbox(connectionString, configure)
        .BuildServiceProvider();

    private static async Task<int> PublishAsync(IEventPublisher publisher, int first, int count)
    {
        for (var i = first; i < first + count; i++)
        {
            await publisher.PublishAsync(SampleEvents.Metric with { Timestamp = DateTimeOffset.UtcNow, SubjectId = Subject(i) }, TestContext.Current.CancellationToken);
        }

        return first + count;
    }

    private static async Task<long> CountAsync(PostgreSqlServer server, string database) =>
        (await server.PsqlAsync(database, "SELECT to_regclass('dataplane.outbox_events')")) is [] ? -1
        : long.Parse((await server.PsqlAsync(database, "SELECT count(*) FROM dataplane.outbox_events"))[0], CultureInfo.InvariantCulture);

    private static string Subject(int number) => number.ToString("D5", CultureInfo.InvariantCulture);

    /// <summary>A destination that is down or not, and counts what it takes by subject.</summary>
    private sealed class Destination : BatchBackplane
    {
        public volatile bool IsDown;

        public ConcurrentDictionary<string, int> Delivered { get; } = new();

        public override ValueTask<BatchResult> PublishAsync(IReadOnlyList<DataPlaneEnvelope> envelopes, CancellationToken cancellationToken = default)
        {
            if (IsDown)
            {
                throw new IOException("down");
            }

            foreach (var envelope in envelopes)
            {
                Delivered.AddOrUpdate(((MetricEvent)envelope.Payload).SubjectId!, 1, (_, times) => times + 1);
            }

            return ValueTask.FromResult(BatchResult.Delivered);
        }
    }
}
