using ExperimentFramework.DataPlane.Sqlite.Tests.Delivery;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.Sqlite.Tests.EventTables;

/// <summary>Options of the destination from code and configuration, and a start that refuses what it does not understand.</summary>
public sealed class SqliteOptionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.File("events.db");

    [Fact]
    public async Task The_section_is_bound_for_every_file_and_code_overrides_it()
    {
        using var host = Host(
            services => services.AddSqliteDataBackplane(Path, options => options.IndexSubjects = false).AddSqliteDataBackplane(_folder.File("other.db")),
            ("Retention", "90.00:00:00"), ("IndexSubjects", "true"));

        await host.StartAsync(TestContext.Current.CancellationToken);

        var options = host.Services.GetRequiredService<IOptionsMonitor<SqliteDataBackplaneOptions>>();
        Assert.Equal((TimeSpan.FromDays(90), false), (options.Get(Path).Retention!.Value, options.Get(Path).IndexSubjects));
        Assert.Equal((TimeSpan.FromDays(90), true), (options.Get(_folder.File("other.db")).Retention!.Value, options.Get(_folder.File("other.db")).IndexSubjects));
        Assert.Equal(1L, StoredEvents.Execute(_folder.File("other.db"), "SELECT count(*) FROM sqlite_master WHERE name = 'exposures_by_subject';"));
    }

    [Theory]
    [InlineData("Retain", "1.00:00:00", "Configuration key 'DataPlane:Sqlite:Retain' is unknown; expected one of Retention, IndexSubjects.")]
    [InlineData("Retention:Days", "1", "Configuration key 'DataPlane:Sqlite:Retention' is a section; it must be a single value.")]
    [InlineData("Retention", "90", "Configuration value 'DataPlane:Sqlite:Retention' is '90', which .NET parses as 90 days.")]
    [InlineData("Retention", "00:59:00", "Configuration value 'DataPlane:Sqlite:Retention' is 00:59:00; it must be from 1 hour to 36500 days, or null.")]
    public async Task A_section_that_is_not_understood_stops_the_start(string key, string value, string message)
    {
        using var host = Host(services => services.AddSqliteDataBackplane(Path), (key, value));

        var error = await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        Assert.Empty(_folder.Files());
    }

    [Fact]
    public async Task A_value_that_code_has_set_is_named_by_its_option()
    {
        using var host = Host(services => services.AddSqliteDataBackplane(Path, options => options.Retention = TimeSpan.FromMinutes(1)), ("Retention", "90.00:00:00"));

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Equal(["SqliteDataBackplaneOptions.Retention is 00:01:00; it must be from 1 hour to 36500 days, or null."], error.Failures);
        Assert.Throws<ArgumentException>("options", () => new SqliteDataBackplane(Path, new SqliteDataBackplaneOptions { Retention = TimeSpan.FromMinutes(1) }));
    }

    [Fact]
    public async Task The_database_of_another_program_stops_the_start_with_the_remedy()
    {
        StoredEvents.Execute(Path, "CREATE TABLE customer (id INTEGER);");
        using var host = Host(services => services.AddSqliteDataBackplane(Path));

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains($"'{Path}' is the database of another program, with the table 'customer', and was left as it is. Use another file for events", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static IHost Host(Action<IServiceCollection> register, params (string Key, string Value)[] configuration)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(configuration.Select(entry => KeyValuePair.Create($"DataPlane:Sqlite:{entry.Key}", (string?)entry.Value)));
        register(builder.Services);
        return builder.Build();
    }
}
