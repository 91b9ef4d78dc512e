using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.Tests.Assignment;

/// <summary>Weights that come from a configuration section.</summary>
public sealed class ReloadedWeightsTests
{
    [Fact]
    public async Task A_section_that_does_not_exist_is_logged_and_found_when_it_comes()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection().Build();
        await using var fixture = With(configuration);
        var greeter = fixture.Get<IGreeter>();

        Assert.Equal(2, Enumerable.Range(0, 50).Select(i => greeter.Greet($"u{i}")).Distinct().Count());
        var record = Assert.Single(fixture.Logs, record => record.Level >= LogLevel.Warning);
        Assert.Equal(
            "Experiment greeting reads its weights from configuration section 'Weights', which does not exist. Until it does, the trial's weights are in force.", record.Message);

        configuration["Weights:control"] = "0";
        configuration.Reload();
        Assert.All(Enumerable.Range(0, 50), i => Assert.Equal("bonjour", greeter.Greet($"u{i}")));
    }

    [Fact]
    public async Task A_section_that_exists_is_not_logged()
    {
        await using var fixture = With(new ConfigurationBuilder().AddInMemoryCollection([new("Weights:b", "2")]).Build());

        fixture.Get<IGreeter>().Greet("u");

        Assert.DoesNotContain(fixture.Logs, record => record.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task A_single_value_in_the_place_of_the_section_is_refused()
    {
        await using var fixture = With(new ConfigurationBuilder().AddInMemoryCollection([new("Weights", "2")]).Build());

        var refused = Assert.Throws<InvalidOperationException>(() => fixture.Get<IGreeter>());

        Assert.Equal(
            "Experiment 'greeting' cannot start: Configuration key 'Weights' has the single value '2'; expected a section with a weight for each variant key.", refused.Message);
    }

    private static DataPlaneFixture With(IConfiguration configuration) => DataPlaneFixture.Greeting(
        trial => trial.UsingSubjectHash(weightsSection: "Weights"), services: services => services.AddSingleton(configuration));
}
