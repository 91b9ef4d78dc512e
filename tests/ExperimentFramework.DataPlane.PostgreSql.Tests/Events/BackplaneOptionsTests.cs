using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests.Events;

public sealed class BackplaneOptionsTests
{
    private const string Local = "Host=localhost;Database=d";

    [Fact]
    public void Options_outside_their_ranges_stop_the_start_with_a_message_for_each()
    {
        using var services = new ServiceCollection()
            .AddPostgreSqlDataBackplane("Host=localhost;Password=secret;Nonsense=1", options =>
            {
                options.Schema = "Mine";
                options.Retention = TimeSpan.FromHours(23);
                options.PartitionsAhead = 0;
            })
            .BuildServiceProvider();

        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Equal(4, error.Message.Split("Options.").Length - 1);
        Assert.Contains("PostgreSqlDataBackplaneOptions.ConnectionString cannot be parsed", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            "PostgreSqlDataBackplaneOptions.Schema is 'Mine'; it must be 1 to 63 lower-case letters, digits and underscores, beginning with a letter or an underscore and not with pg_.", error.Message, StringComparison.Ordinal);
        Assert.Contains("PostgreSqlDataBackplaneOptions.Retention is 23:00:00; it must be from 1 day to 36500 days, or null to keep events forever.", error.Message, StringComparison.Ordinal);
        Assert.Contains("PostgreSqlDataBackplaneOptions.PartitionsAhead is 0; it must be from 1 to 366.", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 1, true)]
    [InlineData(36_500, 366, true)]
    [InlineData(36_501, 1, false)]
    [InlineData(1, 367, false)]
    public void Ranges_include_their_ends(int days, int ahead, bool isValid)
    {
        var options = new PostgreSqlDataBackplaneOptions { Retention = TimeSpan.FromDays(days), PartitionsAhead = ahead };

        Assert.Equal(isValid, !PostgreSqlDataBackplaneOptionsValidator.Errors(options).Any());
    }

    [Theory]
    [InlineData("Database=d", "names no Host")]
    [InlineData("  ", "names no Host")]
    [InlineData("Host", "cannot be parsed")]
    [InlineData("Host=a;Password=se;cret;x", "cannot be parsed")]
    [InlineData("Host=a;Password=se;cret=1", "cannot be parsed")]
    [InlineData("postgres://user:secret@host/db", "cannot be parsed")]
    [InlineData("Host=a;Port=secret", "has a value for Port that cannot be read")]
    [InlineData("Host=a;SSL Mode=secret", "has a value for SSL Mode that cannot be read")]
    public void A_connection_string_that_cannot_be_used_is_not_quoted_and_a_good_one_is_shown(string connectionString, string problem)
    {
        var error = Assert.Single(PostgreSqlDataBackplaneOptionsValidator.Errors(new PostgreSqlDataBackplaneOptions { ConnectionString = connectionString }));

        Assert.StartsWith($"PostgreSqlDataBackplaneOptions.ConnectionString {problem}. Write it as Host=db;Port=5432;Database=experiments;", error, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("cret", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "null")]
    [InlineData("", "empty")]
    [InlineData(" ", "empty")]
    public void An_argument_that_is_no_connection_string_is_refused_with_an_example(string? connectionString, string what)
    {
        var error = Assert.Throws<ArgumentException>(() => new ServiceCollection().AddPostgreSqlDataBackplane(connectionString!));

        Assert.Equal("connectionString", error.ParamName);
        Assert.StartsWith($"The connection string is {what}. Write it as Host=db;Port=5432;Database=experiments;", error.Message, StringComparison.Ordinal);
        Assert.Contains("ConnectionStrings:experiments", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_section_is_bound_and_code_takes_precedence()
    {
        using var services = WithSection(new() { ["ConnectionString"] = Local, ["Schema"] = "mine", ["Retention"] = "30.00:00:00", ["PartitionsAhead"] = "3", ["Migrate"] = "false", ["DataSourceKey"] = "key" })
            .AddPostgreSqlDataBackplane(options => options.Schema = "code")
            .BuildServiceProvider();

        var options = services.GetRequiredService<IOptions<PostgreSqlDataBackplaneOptions>>().Value;

        Assert.Equal(
            (Local, "code", TimeSpan.FromDays(30), 3, false, "key"),
            (options.ConnectionString, options.Schema, options.Retention, options.PartitionsAhead, options.Migrate, options.DataSourceKey));
    }

    [Theory]
    [InlineData("Retentoin", "30.00:00:00", "Configuration key 'DataPlane:PostgreSql:Retentoin' is unknown; expected one of ConnectionString, DataSourceKey, Schema, Migrate, Retention, PartitionsAhead.")]
    [InlineData("Retention", "30", "Configuration value 'DataPlane:PostgreSql:Retention' is '30', which .NET parses as 30 days.")]
    [InlineData("Schema:Name", "a", "Configuration key 'DataPlane:PostgreSql:Schema' is a section; it must be a single value.")]
    public void A_key_that_nothing_would_read_stops_the_start(string key, string value, string message)
    {
        using var services = WithSection(new() { [key] = value }).AddPostgreSqlDataBackplane(Local).BuildServiceProvider();

        var error = Assert.Throws<InvalidOperationException>(() => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host=db;Database=d", "Host=DB;Port=5432;Database=d;Username=other")]
    [InlineData("Host=localhost;Database=d", "Server=127.0.0.1:5432;Database=d")]
    [InlineData("Host=localhost;Database=d", "Host=[::1]:5432;Port=1;Database=d")]
    [InlineData("Host=db;Username=d", "Host=db;Database=d;Username=x")]
    [InlineData("Host=one,two;Database=d", "Host=one:5432, two:5432;Database=d")]
    public async Task Two_destinations_for_one_schema_stop_the_start_however_they_are_spelled(string one, string two)
    {
        await using var source = NpgsqlDataSource.Create(two);
        using var host = new HostBuilder()
            .ConfigureServices(services => services.AddSingleton(source).AddPostgreSqlDataBackplane(one).AddPostgreSqlDataBackplane())
            .Build();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.StartsWith("Two PostgreSQL destinations write to the schema 'dataplane' of database 'd' on ", error.Message, StringComparison.Ordinal);
        Assert.Contains("another Schema", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host=db;Database=d", "Host=db;Database=e", "dataplane")]
    [InlineData("Host=db;Database=d", "Host=db;Port=5433;Database=d", "dataplane")]
    [InlineData("Host=db;Database=d", "Host=db;Database=d", "other")]
    public async Task Destinations_for_two_schemas_or_databases_are_two(string one, string two, string schema)
    {
        await using var services = new ServiceCollection().AddPostgreSqlDataBackplane(one).AddPostgreSqlDataBackplane(two, options => options.Schema = schema).BuildServiceProvider();

        Assert.Equal(2, services.GetServices<IDataBackplane>().Count());
    }

    [Fact]
    public async Task The_data_sources_of_the_page_are_used()
    {
        await using var services = new ServiceCollection()
            .AddNpgsqlDataSource("Host=plain;Database=d").AddNpgsqlDataSource("Host=keyed;Database=d", serviceKey: "experiments")
            .AddPostgreSqlDataBackplane().AddPostgreSqlDataBackplane(options => options.DataSourceKey = "experiments")
            .BuildServiceProvider();
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(20));

        var health = await Task.WhenAll(services.GetServices<IDataBackplane>().Select(backplane => backplane.HealthAsync(soon.Token).AsTask()));

        Assert.Contains("(plain:5432, database 'd'", health[0].Description, StringComparison.Ordinal);
        Assert.Contains("(keyed:5432, database 'd'", health[1].Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_destination_that_was_removed_can_be_added_again()
    {
        await using var services = new ServiceCollection()
            .AddPostgreSqlDataBackplane(Local).RemoveAll<IDataBackplane>().AddPostgreSqlDataBackplane(Local)
            .BuildServiceProvider();

        Assert.Single(services.GetServices<IDataBackplane>());
    }

    private static IServiceCollection WithSection(Dictionary<string, string?> values) => new ServiceCollection().AddSingleton<IConfiguration>(
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(value => KeyValuePair.Create("DataPlane:PostgreSql:" + value.Key, value.Value))).Build());

    [Fact]
    public void The_application_may_bind_the_options_too()
    {
        var section = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Schema"] = "mine", ["Retention"] = "30.00:00:00", ["Migrate"] = "false", ["DataSourceKey"] = "key" })
            .Build();
        using var services = new ServiceCollection()
            .AddPostgreSqlDataBackplane(Local)
            .Configure<PostgreSqlDataBackplaneOptions>(section)
            .BuildServiceProvider();

        var options = services.GetRequiredService<IOptions<PostgreSqlDataBackplaneOptions>>().Value;

        Assert.Equal((Local, "mine", TimeSpan.FromDays(30), false, "key"), (options.ConnectionString, options.Schema, options.Retention, options.Migrate, options.DataSourceKey));
    }

    [Fact]
    public void Each_of_two_destinations_has_options_of_its_own()
    {
        using var services = new ServiceCollection().AddPostgreSqlDataBackplane("Host=one").AddPostgreSqlDataBackplane("Host=two").BuildServiceProvider();

        var options = services.GetRequiredService<IOptionsMonitor<PostgreSqlDataBackplaneOptions>>();

        Assert.Equal(("Host=one", "Host=two"), (options.Get(Options.DefaultName).ConnectionString, options.Get("2").ConnectionString));
        Assert.Equal(2, services.GetServices<IDataBackplane>().Count());
    }

    [Theory]
    [InlineData(null, "no NpgsqlDataSource is registered.")]
    [InlineData("key", "no NpgsqlDataSource is registered with the key 'key'.")]
    public void Without_a_connection_string_and_a_data_source_the_message_says_what_to_register(string? key, string message)
    {
        using var services = new ServiceCollection().AddPostgreSqlDataBackplane(options => options.DataSourceKey = key).BuildServiceProvider();

        var error = Assert.Throws<InvalidOperationException>(() => services.GetServices<IDataBackplane>().Count());

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_registered_data_source_is_used_and_not_disposed()
    {
        await using var plain = NpgsqlDataSource.Create("Host=plain");
        await using var keyed = NpgsqlDataSource.Create("Host=keyed");
        await using (var services = new ServiceCollection()
            .AddSingleton(plain).AddKeyedSingleton("key", keyed)
            .AddPostgreSqlDataBackplane().AddPostgreSqlDataBackplane(options => options.DataSourceKey = "key")
            .BuildServiceProvider())
        {
            Assert.Equal(2, services.GetServices<IDataBackplane>().Count());
        }

        // A disposed data source refuses this at once.
        plain.CreateConnection();
        keyed.CreateConnection();
    }
}
