using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.Tests.Assignment;

public sealed class FeatureFlagRegistrationTests
{
    [Fact]
    public async Task A_flag_that_does_not_exist_is_a_warning_at_the_start()
    {
        await using var fixture = FlagLab(new() { ["FeatureManagement:Another"] = "true" });
        _ = fixture.Get<IGreeter>();

        Assert.Equal(
            "Experiment greeting selects by feature flag 'Greeting', but configuration value 'FeatureManagement:Greeting' is not set. 'control' is served to all subjects until it is.",
            Assert.Single(fixture.Logs, record => record.Level == LogLevel.Warning).Message);
    }

    [Theory]
    [InlineData("Greeting")]
    [InlineData("greeting")]
    public async Task A_flag_that_only_the_current_schema_has_stops_the_experiment_with_a_remedy(string id)
    {
        await using var fixture = FlagLab(new() { ["feature_management:feature_flags:0:id"] = "other", ["feature_management:feature_flags:1:id"] = id });

        Assert.Equal(
            "Experiment 'greeting' cannot start: its feature flag 'Greeting' is in the configuration section 'feature_management', but UsingFeatureFlag reads only 'FeatureManagement:Greeting'. Call UsingFeatureVariant(\"Greeting\") from the package ExperimentFramework.DataPlane.FeatureManagement, or set 'FeatureManagement:Greeting' to true or false.",
            Assert.Throws<InvalidOperationException>(() => fixture.Get<IGreeter>()).Message);
    }

    [Fact]
    public async Task A_flag_that_both_schemas_have_is_read_where_it_always_was()
    {
        await using var fixture = FlagLab(new() { ["feature_management:feature_flags:0:id"] = "Greeting", ["FeatureManagement:Greeting"] = "true" });

        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u1"));
        Assert.DoesNotContain(fixture.Logs, record => record.Level == LogLevel.Warning);
    }

    [Fact]
    public async Task A_factory_that_fails_is_an_error_with_the_experiments_name()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(services => (IVariantSelector)services.GetRequiredService<MissingSelector>()));

        var error = Assert.Throws<InvalidOperationException>(() => fixture.Get<IGreeter>());

        Assert.StartsWith("Experiment 'greeting' cannot start: the factory of its selector failed: No service for type", error.Message, StringComparison.Ordinal);
        Assert.IsType<InvalidOperationException>(error.InnerException);
    }

    private static DataPlaneFixture FlagLab(Dictionary<string, string?> settings) => DataPlaneFixture.Greeting(
        trial => trial.UsingFeatureFlag("Greeting"),
        services: services => services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()));

    private sealed class MissingSelector : IVariantSelector
    {
        public VariantSelection Select(in SelectionContext context) => throw new NotSupportedException();
    }
}
