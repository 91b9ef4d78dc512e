using System.Globalization;
using ExperimentFramework.DataPlane.Tests.Delivery;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests.Events;

/// <summary>
/// A server that is killed and restarted again and again in the middle of a stream, some of whose answers are lost besides: every event is there once.
/// <c>DATAPLANE_POSTGRESQL_KILLS</c> is the number of kills, 5 unless set.
/// </summary>
public sealed class KilledServerTests
{
    private static readonly int Kills =
        int.TryParse(Environment.GetEnvironmentVariable("DATAPLANE_POSTGRESQL_KILLS"), CultureInfo.InvariantCulture, out var kills) ? kills : 5;

    [Fact(Timeout = 1_800_000)]
    public async Task Every_event_of_a_stream_is_stored_once_however_often_the_server_is_killed()
    {
        await using var server = await PostgreSqlServer.StartAsync();
        var database = await server.CreateDatabaseAsync();
        using var proxy = new CuttingProxy(server.Port);
        var services = Services(server.ConnectionString(database, port: proxy.Port));
        using var end = new CancellationTokenSource();
        var publisher = services.GetRequiredService<IEventPublisher>();
        var publishing = Task.Run(() => PublishAsync(publisher, end.Token));
        var random = new Random(19);

        for (var kill = 0; kill < Kills; kill++)
        {
            // The pipeline drops what it has in flight after so many failures in a row, however busy the machine is: something is stored between two kills.
            var before = await CountAsync(server, database);
            await Eventually.Holds(async () => await CountAsync(server, database) > before);
            proxy.LoseAnswers(random.Next(2));
            await Task.Delay(random.Next(20, 300), TestContext.Current.CancellationToken);
            await (random.Next(2) == 0 ? server.KillAsync() : server.CrashAsync());
            await server.StartAsync();
        }

        await end.CancelAsync();
        var published = await publishing;
        await publisher.FlushAsync(TestContext.Current.CancellationToken);
        await services.DisposeAsync();

        TestContext.Current.TestOutputHelper?.WriteLine($"{published} events, {Kills} kills, {proxy.Cuts} lost answers");
        Assert.Equal(["0"], await server.PsqlAsync(database, "SELECT count(*) FROM dataplane.accounts WHERE kind = 'dropped'"));
        Assert.Equal([$"{published}|{published}|{published}"], await server.PsqlAsync(
            database, "SELECT count(*), count(DISTINCT event_id), count(DISTINCT subject_id) FROM dataplane.metrics"));
        Assert.Equal([$"t|{published}"], await server.PsqlAsync(
            database, "SELECT is_last, count FROM dataplane.accounts WHERE kind = 'published' AND event_type = 'Metric' ORDER BY sequence_number DESC LIMIT 1"));
    }

    private static async Task<long> CountAsync(PostgreSqlServer server, string database) =>
        (await server.PsqlAsync(database, "SELECT to_regclass('dataplane.metrics')")) is [] ? 0
        : long.Parse((await server.PsqlAsync(database, "SELECT count(*) FROM dataplane.metrics"))[0], CultureInfo.InvariantCulture);

    private static ServiceProvider Services(string connectionString) => new ServiceCollection()
        .AddDataBackplane(options =>
        {
            options.BatchSize = 100;
            options.FlushInterval = TimeSpan.FromMilliseconds(10);
            options.ShutdownTimeout = TimeSpan.FromMinutes(1);
            options.Retry.MaxAttempts = 100;
            options.Retry.BaseDelay = TimeSpan.FromMilliseconds(20);
            options.Retry.MaxDelay = TimeSpan.FromSeconds(1);
            options.FailureMode = BackplaneFailureMode.Block;
            options.BlockTimeout = TimeSpan.FromMinutes(10);
            options.RequiredDestinations.Add(nameof(PostgreSqlDataBackplane));
        })
        .AddPostgreSqlDataBackplane(connectionString, options => options.PartitionsAhead = 1)
        .BuildServiceProvider();

    private static async Task<int> PublishAsync(IEventPublisher publisher, CancellationToken end)
    {
        var published = 0;
        while (!end.IsCancellationRequested)
        {
            for (var i = 0; i < 20; i++)
            {
                await publisher.PublishAsync(
                    SampleEvents.Metric with { Timestamp = DateTimeOffset.UtcNow, SubjectId = string.Create(CultureInfo.InvariantCulture, $"u{published++}") }, CancellationToken.None);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(1), CancellationToken.None);
        }

        return published;
    }
}
