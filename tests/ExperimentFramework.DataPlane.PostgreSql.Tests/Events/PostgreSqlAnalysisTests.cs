using ExperimentFramework.DataPlane.Analysis;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests.Events;

public sealed class PostgreSqlAnalysisTests(SharedServer server) : AnalysisContract, IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync();

    public async ValueTask DisposeAsync()
    {
        if (_database is not null)
        {
            await _database.DisposeAsync();
        }
    }

    protected override async Task StoreAsync(IReadOnlyList<DataPlaneEnvelope> events)
    {
        await using var backplane = new PostgreSqlDataBackplane(_database.Source, new PostgreSqlDataBackplaneOptions { PartitionsAhead = 1 });
        var result = await backplane.PublishAsync(events, TestContext.Current.CancellationToken);
        Assert.Null(result.Error);
        Assert.All(Enumerable.Range(0, events.Count), index => Assert.Equal(DeliveryStatus.Delivered, result[index]));
    }

    protected override async Task<IReadOnlyList<object[]>> QueryAsync(IReadOnlyList<string> statements)
    {
        await using var connection = await _database.Source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        var rows = new List<object[]>();
        foreach (var statement in statements.Prepend(AnalysisPage.OpenSchema()))
        {
            await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The text of the page.
            command.CommandText = statement;
#pragma warning restore CA2100
            await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
            rows.Clear();
            while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            {
                var row = new object[reader.FieldCount];
                reader.GetValues(row);
                rows.Add(row);
            }
        }

        return rows;
    }
}
