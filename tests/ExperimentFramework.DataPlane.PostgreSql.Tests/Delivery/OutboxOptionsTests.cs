using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests.Delivery;

public sealed class OutboxOptionsTests
{
    [Fact]
    public void Options_outside_their_ranges_stop_the_start_with_a_message_for_each()
    {
        using var services = new ServiceCollection()
            .AddPostgreSqlOutbox("Password=secret;Database=d", options =>
            {
                (options.Schema, options.Application) = ("a b", "");
                (options.MaxBytes, options.MaxAge) = (4_095, TimeSpan.Zero);
            })
            .BuildServiceProvider();

        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Equal(5, error.Message.Split("Options.").Length - 1);
        Assert.Contains("PostgreSqlOutboxOptions.ConnectionString names no Host.", error.Message, StringComparison.Ordinal);
        Assert.Contains("PostgreSqlOutboxOptions.Schema is 'a b'; it must be", error.Message, StringComparison.Ordinal);
        Assert.Contains("PostgreSqlOutboxOptions.Application is ''; it must be 1 to 200 characters", error.Message, StringComparison.Ordinal);
        Assert.Contains("PostgreSqlOutboxOptions.MaxBytes is 4095; it must be from 4096 to 1099511627776.", error.Message, StringComparison.Ordinal);
        Assert.Contains("PostgreSqlOutboxOptions.MaxAge is 00:00:00; it must be more than 0 and at most 365 days.", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4_096, 1, 1, true)]
    [InlineData(1L << 40, 8_760, 200, true)]
    [InlineData((1L << 40) + 1, 1, 1, false)]
    [InlineData(4_096, 8_761, 1, false)]
    [InlineData(4_096, 1, 201, false)]
    public void Ranges_include_their_ends(long bytes, int hours, int length, bool isValid) => Assert.Equal(
        isValid,
        !PostgreSqlOutboxOptionsValidator.Errors(new PostgreSqlOutboxOptions { MaxBytes = bytes, MaxAge = TimeSpan.FromHours(hours), Application = new string('a', length) }).Any());

    [Theory]
    [InlineData("a\nb")]
    [InlineData("\t")]
    [InlineData("shop 🙂")]
    public void The_name_of_an_application_is_plain_text(string application)
    {
        var error = Assert.Single(PostgreSqlOutboxOptionsValidator.Errors(new PostgreSqlOutboxOptions { Application = application }));

        Assert.StartsWith($"PostgreSqlOutboxOptions.Application is '{application}'; it must be 1 to 200 characters without control characters", error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_section_is_bound_and_code_takes_precedence()
    {
        using var services = WithSection(new()
        {
            ["ConnectionString"] = "Host=db", ["Schema"] = "mine", ["MaxAge"] = "1.00:00:00", ["MaxBytes"] = "5000", ["Migrate"] = "false", ["DataSourceKey"] = "key", ["Application"] = "shop",
        })
            .AddPostgreSqlOutbox(options => options.Schema = "code")
            .BuildServiceProvider();

        var options = services.GetRequiredService<IOptions<PostgreSqlOutboxOptions>>().Value;

        Assert.Equal(
            ("Host=db", "code", TimeSpan.FromDays(1), 5_000L, false, "key", "shop"),
            (options.ConnectionString, options.Schema, options.MaxAge, options.MaxBytes, options.Migrate, options.DataSourceKey, options.Application));
    }

    [Fact]
    public void A_key_that_nothing_would_read_stops_the_start()
    {
        using var services = WithSection(new() { ["MaxSize"] = "5000" }).AddPostgreSqlOutbox("Host=db").BuildServiceProvider();

        var error = Assert.Throws<InvalidOperationException>(() => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Equal("Configuration key 'DataPlane:PostgreSqlOutbox:MaxSize' is unknown; expected one of ConnectionString, DataSourceKey, Schema, Migrate, Application, MaxBytes, MaxAge.", error.Message);
    }

    [Fact]
    public void A_size_with_a_unit_stops_the_start_with_the_number_of_bytes()
    {
        using var services = WithSection(new() { ["MaxBytes"] = "64MiB" }).AddPostgreSqlOutbox("Host=db").BuildServiceProvider();

        var error = Assert.Throws<InvalidOperationException>(() => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Equal("Configuration value 'DataPlane:PostgreSqlOutbox:MaxBytes' is '64MiB'; it must be a number of bytes without a unit: 67108864.", error.Message);
    }

    [Fact]
    public void A_second_outbox_and_no_connection_string_are_refused()
    {
        var services = new ServiceCollection().AddPostgreSqlOutbox("Host=db");

        Assert.StartsWith("An outbox is already registered.", Assert.Throws<InvalidOperationException>(() => services.AddPostgreSqlOutbox()).Message, StringComparison.Ordinal);
        Assert.Contains("call AddPostgreSqlOutbox without a connection string", Assert.Throws<ArgumentException>(() => new ServiceCollection().AddPostgreSqlOutbox("")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_source_without_sessions_stops_the_start()
    {
        using var host = new HostBuilder().ConfigureServices(services => services.AddPostgreSqlOutbox("Host=db;Multiplexing=true").AddLoggingDataBackplane()).Build();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains("Multiplexing=true", error.Message, StringComparison.Ordinal);
    }

    private static IServiceCollection WithSection(Dictionary<string, string?> values) => new ServiceCollection().AddSingleton<IConfiguration>(
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(value => KeyValuePair.Create("DataPlane:PostgreSqlOutbox:" + value.Key, value.Value))).Build());
}
