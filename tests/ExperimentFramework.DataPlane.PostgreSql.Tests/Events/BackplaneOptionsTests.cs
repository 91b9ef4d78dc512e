using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
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

        Assert.Equal(4, error.Failures.Count());
        Assert.Contains(error.Failures, failure => failure.StartsWith("PostgreSqlDataBackplaneOptions.ConnectionString cannot be parsed", StringComparison.Ordinal));
        Assert.Contains(
            "PostgreSqlDataBackplaneOptions.Schema is 'Mine'; it must be 1 to 63 lower-case letters, digits and underscores, beginning with a letter or an underscore and not with pg_.", error.Failures);
        Assert.Contains("PostgreSqlDataBackplaneOptions.Retention is 23:00:00; it must be from 1 to 36500 days, or null to keep events forever.", error.Failures);
        Assert.Contains("PostgreSqlDataBackplaneOptions.PartitionsAhead is 0; it must be from 1 to 366.", error.Failures);
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
    [InlineData("Database=d")]
    [InlineData("Host")]
    [InlineData("Host=a;Password=se;cret;x")]
    public void A_connection_string_that_cannot_be_used_is_not_quoted(string connectionString)
    {
        var error = Assert.Single(PostgreSqlDataBackplaneOptionsValidator.Errors(new PostgreSqlDataBackplaneOptions { ConnectionString = connectionString }));

        Assert.DoesNotContain("cret", error, StringComparison.Ordinal);
    }

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
