using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests.Assignment;

public sealed class StoreOptionsTests
{
    [Fact]
    public void Options_outside_their_ranges_stop_the_start_with_a_message_for_each()
    {
        using var services = new ServiceCollection()
            .AddPostgreSqlAssignmentStore("Password=secret;Database=d", options => (options.Schema, options.Retention) = ("a b", TimeSpan.FromMinutes(59)))
            .BuildServiceProvider();

        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Equal(3, error.Message.Split("Options.").Length - 1);
        Assert.Contains("PostgreSqlAssignmentStoreOptions.ConnectionString names no Host. Write it as Host=db;", error.Message, StringComparison.Ordinal);
        Assert.Contains("PostgreSqlAssignmentStoreOptions.Schema is 'a b'; it must be", error.Message, StringComparison.Ordinal);
        Assert.Contains("PostgreSqlAssignmentStoreOptions.Retention is 00:59:00; it must be from ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(87_600, true)]
    [InlineData(87_601, false)]
    public void The_retention_is_in_range_up_to_its_ends(int hours, bool isValid) => Assert.Equal(
        isValid, !PostgreSqlAssignmentStoreOptionsValidator.Errors(new PostgreSqlAssignmentStoreOptions { Retention = TimeSpan.FromHours(hours) }).Any());

    [Fact]
    public void The_section_is_bound_and_code_takes_precedence()
    {
        using var services = WithSection(new() { ["ConnectionString"] = "Host=db", ["Schema"] = "mine", ["Retention"] = "30.00:00:00", ["Migrate"] = "false", ["DataSourceKey"] = "key" })
            .AddPostgreSqlAssignmentStore(options => options.Schema = "code")
            .BuildServiceProvider();

        var options = services.GetRequiredService<IOptions<PostgreSqlAssignmentStoreOptions>>().Value;

        Assert.Equal(("Host=db", "code", TimeSpan.FromDays(30), false, "key"), (options.ConnectionString, options.Schema, options.Retention, options.Migrate, options.DataSourceKey));
    }

    [Theory]
    [InlineData("PartitionsAhead", "3", "Configuration key 'DataPlane:PostgreSqlAssignmentStore:PartitionsAhead' is unknown; expected one of ConnectionString, DataSourceKey, Schema, Migrate, Retention.")]
    [InlineData("Retention", "30", "Configuration value 'DataPlane:PostgreSqlAssignmentStore:Retention' is '30', which .NET parses as 30 days.")]
    public void A_key_that_nothing_would_read_stops_the_start(string key, string value, string message)
    {
        using var services = WithSection(new() { [key] = value }).AddPostgreSqlAssignmentStore("Host=db").BuildServiceProvider();

        var error = Assert.Throws<InvalidOperationException>(() => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(" ")]
    public void An_argument_that_is_no_connection_string_is_refused_with_an_example(string? connectionString)
    {
        var error = Assert.Throws<ArgumentException>(() => new ServiceCollection().AddPostgreSqlAssignmentStore(connectionString!));

        Assert.Equal("connectionString", error.ParamName);
        Assert.Contains("call AddPostgreSqlAssignmentStore without a connection string", error.Message, StringComparison.Ordinal);
    }

    private static IServiceCollection WithSection(Dictionary<string, string?> values) => new ServiceCollection().AddSingleton<IConfiguration>(
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(value => KeyValuePair.Create("DataPlane:PostgreSqlAssignmentStore:" + value.Key, value.Value))).Build());

    [Fact]
    public void The_application_may_bind_the_options_too_and_each_store_has_its_own()
    {
        using var services = new ServiceCollection()
            .AddPostgreSqlAssignmentStore("Host=one").AddPostgreSqlAssignmentStore("Host=two")
            .Configure<PostgreSqlAssignmentStoreOptions>(options => options.Schema = "mine")
            .BuildServiceProvider();

        var options = services.GetRequiredService<IOptionsMonitor<PostgreSqlAssignmentStoreOptions>>();

        Assert.Equal(("Host=one", "mine"), (options.Get(Options.DefaultName).ConnectionString, options.Get(Options.DefaultName).Schema));
        Assert.Equal(("Host=two", "dataplane"), (options.Get("2").ConnectionString, options.Get("2").Schema));
    }
}
