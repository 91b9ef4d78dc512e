using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.Tests.Configuration;

/// <summary>A duration that .NET reads as days, where hours or seconds are more likely meant, stops the start.</summary>
public sealed class DurationTests
{
    [Theory]
    [InlineData("RepeatWindow", "24:00:00", "which .NET parses as 24 days. Write '24.00:00:00' if that is intended; '1.00:00:00' is one day, and '00:00:30' is 30 seconds.")]
    [InlineData("RepeatWindow", "30:30:00", "which is not a duration. Write 'hh:mm:ss' or, with days, 'd.hh:mm:ss'")]
    [InlineData("RepeatWindow", "a day", "which is not a duration.")]
    [InlineData("RepeatWindow", "30", "which .NET parses as 30 days")]
    [InlineData("RepeatWindow", "1", "which .NET parses as 1 day. Write '1.00:00:00' if that is intended")]
    [InlineData("FlushInterval", "60", "which .NET parses as 60 days")]
    [InlineData("AccountingInterval", "1", "which .NET parses as 1 day")]
    [InlineData("BlockTimeout", "5", "which .NET parses as 5 days")]
    [InlineData("PublishTimeout", "30", "which .NET parses as 30 days")]
    [InlineData("ShutdownTimeout", "5", "which .NET parses as 5 days")]
    [InlineData("StoreTimeout", "50", "which .NET parses as 50 days")]
    [InlineData("AssignmentCacheDuration", "24:00:00", "which .NET parses as 24 days")]
    [InlineData("Retry:BaseDelay", "2", "which .NET parses as 2 days")]
    [InlineData("Retry:MaxDelay", "30", "which .NET parses as 30 days")]
    [InlineData("Experiments:greeting:RepeatWindow", "24:00:00", "which .NET parses as 24 days")]
    public void Days_without_a_point_and_what_is_no_duration_are_refused(string key, string value, string message)
    {
        var error = Assert.Throws<InvalidOperationException>(() => Bound(key, value));

        Assert.Contains($"Configuration value 'DataPlane:{key}' is '{value}', {message}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.00:00:00", 24)]
    [InlineData("24.00:00:00", 576)]
    [InlineData("23:59:59.9999999", 24)]
    [InlineData("12:00", 12)]
    public void A_duration_that_says_its_days_is_taken(string value, int hours) =>
        Assert.Equal(hours, Math.Ceiling(Bound("RepeatWindow", value).RepeatWindow.TotalHours));

    [Fact]
    public void Durations_that_are_all_known_are_all_checked()
    {
        foreach (var name in ConfigurationKeyValidator.OfOptions.Where(name => name.EndsWith("Timeout", StringComparison.Ordinal)
            || name.EndsWith("Window", StringComparison.Ordinal)
            || name.EndsWith("Interval", StringComparison.Ordinal)
            || name.EndsWith("Duration", StringComparison.Ordinal)))
        {
            Assert.Contains(".NET parses as 3 days", Assert.Throws<InvalidOperationException>(() => Bound(name, "3")).Message, StringComparison.Ordinal);
        }
    }

    private static DataPlaneOptions Bound(string key, string value)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create<string, string?>($"DataPlane:{key}", value)]).Build();
        IServiceCollection services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration).AddDataBackplane();
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<DataPlaneOptions>>().Value;
    }
}
