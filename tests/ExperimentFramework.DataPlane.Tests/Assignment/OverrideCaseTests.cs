using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.Tests.Assignment;

/// <summary>An override that never matches, because its id is written in another case, is one warning without the id.</summary>
public sealed class OverrideCaseTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_override_in_another_case_is_warned_about_once(bool isConfigured)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create<string, string?>("Overrides:Anna", "b")]).Build();
        await using var fixture = DataPlaneFixture.Greeting(
            trial => _ = isConfigured ? trial.WithOverridesFrom("Overrides") : trial.WithOverride("Anna", "b"),
            services: services => services.AddSingleton<IConfiguration>(configuration));
        var greeter = fixture.Get<IGreeter>();

        greeter.Greet("Anna");
        greeter.Greet("someone");
        Assert.DoesNotContain(fixture.Logs, record => record.Id.Id == 67);
        greeter.Greet("anna");
        greeter.Greet("ANNA");

        var record = Assert.Single(fixture.Logs, record => record.Id.Id == 67);
        Assert.Equal(LogLevel.Warning, record.Level);
        Assert.DoesNotContain("anna", record.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(["override"], fixture.Exposures.Where(exposure => exposure.SubjectId == "Anna").Select(exposure => exposure.SelectionReason));
        Assert.DoesNotContain(fixture.Exposures, exposure => exposure.SubjectId is "anna" or "ANNA" && exposure.SelectionReason == "override");
    }

    [Fact]
    public async Task A_variants_key_is_found_in_another_case()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(new FixedSelector("control")).WithOverride("Anna", "B"));

        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("Anna"));
        Assert.Equal("b", Assert.Single(fixture.Exposures).VariantKey);
    }
}
