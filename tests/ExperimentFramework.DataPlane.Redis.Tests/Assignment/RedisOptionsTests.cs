using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.Redis.Tests.Assignment;

public sealed class RedisOptionsTests
{
    [Fact]
    public void Options_outside_their_ranges_stop_the_start_with_a_message_for_each()
    {
        using var services = new ServiceCollection()
            .AddRedisAssignmentStore("localhost:6379,password=secret,nonsense=1", options => (options.TimeToLive, options.KeyPrefix) = (TimeSpan.FromSeconds(59), ""))
            .BuildServiceProvider();

        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Contains(
            "RedisAssignmentStoreOptions.TimeToLive is 00:00:59; it must be at least 1 minute, or null to keep assignments forever. RedisAssignmentStoreOptions.KeyPrefix is empty; it must distinguish the keys of assignments from all other keys.",
            Assert.Single(error.Failures),
            StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_application_may_bind_the_options_too()
    {
        using var services = new ServiceCollection()
            .AddRedisAssignmentStore("localhost:6379")
            .Configure<RedisAssignmentStoreOptions>(options => options.KeyPrefix = "mine:")
            .BuildServiceProvider();

        var options = services.GetRequiredService<IOptions<RedisAssignmentStoreOptions>>().Value;

        Assert.Equal(("localhost:6379", "mine:"), (options.Configuration, options.KeyPrefix));
    }

    [Fact]
    public void Each_of_two_stores_has_options_of_its_own()
    {
        using var services = new ServiceCollection().AddRedisAssignmentStore("one:6379").AddRedisAssignmentStore("two:6379").BuildServiceProvider();

        var options = services.GetRequiredService<IOptionsMonitor<RedisAssignmentStoreOptions>>();

        Assert.Equal(("one:6379", "two:6379"), (options.Get(Options.DefaultName).Configuration, options.Get("2").Configuration));
    }
}
