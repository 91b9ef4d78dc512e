using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests.Assignment;

/// <summary>What is a fault of the server, and how long callers wait for it.</summary>
public sealed class StoreFaultTests
{
    private static readonly AssignmentKey Key = new("e", "u1");

    private static TimeSpan Patience => TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_server_that_is_gone_is_a_fault_of_the_store_and_one_that_is_back_is_another_generation()
    {
        await using var server = await PostgreSqlServer.StartAsync();
        await using var source = NpgsqlDataSource.Create(server.ConnectionString(await server.CreateDatabaseAsync()));
        using var store = new PostgreSqlAssignmentStore(source);
        store.Assign(Key, new StoredAssignment("b"), null, Patience);
        var before = store.Generation;

        await server.CrashAsync();
        Assert.Throws<IOException>(() => store.Find(Key, Patience));
        Assert.Throws<IOException>(() => store.Assign(Key, new StoredAssignment("c"), null, Patience));
        await Assert.ThrowsAsync<IOException>(() => store.FindAsync(Key).AsTask());
        await Assert.ThrowsAsync<IOException>(() => store.AssignAsync(Key, new StoredAssignment("c"), null).AsTask());
        await Assert.ThrowsAsync<IOException>(() => store.ForgetAsync("u1").AsTask());

        await server.StartAsync();
        Assert.Equal(new StoredAssignment("b"), store.Find(Key, Patience));
        Assert.True(store.Generation > before);
    }

    [Fact]
    public async Task A_server_that_was_down_at_the_start_is_used_when_it_is_there()
    {
        await using var server = await PostgreSqlServer.StartAsync();
        await using var source = NpgsqlDataSource.Create(server.ConnectionString(await server.CreateDatabaseAsync()));
        await server.CrashAsync();

        using var store = new PostgreSqlAssignmentStore(source);
        Assert.Throws<IOException>(() => store.Find(Key, Patience));

        await server.StartAsync();
        Assert.Null(store.Assign(Key, new StoredAssignment("b"), null, Patience));
    }

    [Fact]
    public async Task A_store_whose_table_was_not_migrated_is_down_and_not_its_subjects()
    {
        await using var server = await PostgreSqlServer.StartAsync();
        var database = await server.CreateDatabaseAsync();
        await using var source = NpgsqlDataSource.Create(server.ConnectionString(database));
        using var store = new PostgreSqlAssignmentStore(source, new PostgreSqlAssignmentStoreOptions { Migrate = false });

        var error = Assert.Throws<IOException>(() => store.Find(Key, Patience));
        Assert.Throws<IOException>(() => store.Assign(Key, new StoredAssignment("b"), null, Patience));
        Assert.Equal(
            "The schema 'dataplane' in PostgreSQL has version 0 of 'assignments', and version 1 is needed. Migrate is false: call PostgreSqlSchema.MigrateAsync with the role that owns the schema"
            + $" (localhost:{server.Port}, database '{database}', role 'postgres').",
            error.Message);

        await PostgreSqlSchema.MigrateAsync(source, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Null(store.Assign(Key, new StoredAssignment("b"), null, Patience));
    }

    [Fact]
    public async Task A_server_that_is_silent_times_out_when_the_caller_says()
    {
        await using var server = await PostgreSqlServer.StartAsync();
        await using var source = NpgsqlDataSource.Create(server.ConnectionString(await server.CreateDatabaseAsync()) + ";Cancellation Timeout=100");
        using var store = new PostgreSqlAssignmentStore(source);
        store.Assign(Key, new StoredAssignment("b"), null, Patience);
        await server.PauseAsync();
        try
        {
            var watch = Stopwatch.StartNew();
            Assert.Throws<TimeoutException>(() => store.Find(Key, TimeSpan.FromMilliseconds(50)));
            Assert.Throws<TimeoutException>(() => store.Assign(Key, new StoredAssignment("b"), null, TimeSpan.FromMilliseconds(50)));
            using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.FindAsync(Key, soon.Token).AsTask());
            Assert.InRange(watch.Elapsed, TimeSpan.FromMilliseconds(100), Patience);
        }
        finally
        {
            await server.ResumeAsync();
        }

        Assert.Equal(new StoredAssignment("b"), store.Find(Key, Patience));
    }

    [Fact]
    public async Task Two_hosts_serve_a_subject_the_same_variant_whatever_their_weights()
    {
        await using var server = await PostgreSqlServer.StartAsync();
        var connection = server.ConnectionString(await server.CreateDatabaseAsync());
        await using var one = Host(connection, 1, 0);
        await using var two = Host(connection, 0, 1);
        for (var i = 0; i < 50; i++)
        {
            var served = one.GetRequiredService<IExperiments>().Decide("colour", $"u{i}").VariantKey;
            Assert.Equal(served, two.GetRequiredService<IExperiments>().Decide("colour", $"u{i}").VariantKey);
        }
    }

    private static ServiceProvider Host(string connection, int weightOfControl, int weightOfB) => new ServiceCollection()
        .AddDataBackplane(options => options.StoreTimeout = TimeSpan.FromSeconds(10))
        .AddInMemoryDataBackplane()
        .AddPostgreSqlAssignmentStore(connection)
        .AddExperimentFramework(experiments => experiments
            .WithExposureLogging()
            .Experiment("colour", experiment =>
            {
                experiment.AddControl(weight: weightOfControl);
                experiment.AddVariant("b", weightOfB);
                experiment.UsingSubjectHash().WithPolicy(AssignmentPolicy.GloballySticky);
            }))
        .BuildServiceProvider();
}
