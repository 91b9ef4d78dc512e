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

        Assert.Equal(3, error.Failures.Count());
        Assert.Contains("PostgreSqlAssignmentStoreOptions.ConnectionString names no Host.", error.Failures);
        Assert.Contains(error.Failures, failure => failure.StartsWith("PostgreSqlAssignmentStoreOptions.Schema is 'a b'; it must be", StringComparison.Ordinal));
        Assert.Contains(error.Failures, failure => failure.StartsWith("PostgreSqlAssignmentStoreOptions.Retention is 00:59:00; it must be from ", StringComparison.Ordinal));
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(87_600, true)]
    [InlineData(87_601, false)]
    public void The_retention_is_in_range_up_to_its_ends(int hours, bool isValid) => Assert.Equal(
        isValid, !PostgreSqlAssignmentStoreOptionsValidator.Errors(new PostgreSqlAssignmentStoreOptions { Retention = TimeSpan.FromHours(hours) }).Any());

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
