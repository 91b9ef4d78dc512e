using ExperimentFramework.DataPlane.PostgreSql.Tests.Events;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests;

/// <summary>What is opened for a connection string is closed at the end.</summary>
public sealed class OwnConnectionsTests(SharedServer server)
{
    private const string Sessions = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'own_connections'";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_destination_and_a_store_close_the_connections_that_they_have_opened(bool isAsync)
    {
        await using var database = await server.CreateDatabaseAsync();
        var connectionString = database.ConnectionString + ";Application Name=own_connections";
        var services = new ServiceCollection()
            .AddPostgreSqlDataBackplane(connectionString, options => options.PartitionsAhead = 1).AddPostgreSqlAssignmentStore(connectionString)
            .BuildServiceProvider();
        var backplane = services.GetRequiredService<IDataBackplane>();
        var store = services.GetRequiredService<IAssignmentStore>();
        await backplane.DeliveredAsync(TestEvents.Exposures(1));
        await store.FindAsync(new AssignmentKey("e", "u"), TestContext.Current.CancellationToken);
        Assert.NotEqual(0, await database.CountAsync(Sessions));

        if (isAsync)
        {
            await ((IAsyncDisposable)backplane).DisposeAsync();
            await ((IAsyncDisposable)store).DisposeAsync();
        }
        else
        {
            ((IDisposable)backplane).Dispose();
            ((IDisposable)store).Dispose();
        }

        await Eventually.Holds(async () => await database.CountAsync(Sessions) == 0);
        await services.DisposeAsync();
    }
}
