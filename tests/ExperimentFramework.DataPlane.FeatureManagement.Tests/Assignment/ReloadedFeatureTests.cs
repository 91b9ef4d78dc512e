using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.FeatureManagement;

namespace ExperimentFramework.DataPlane.FeatureManagement.Tests.Assignment;

/// <summary>A variant is never recorded with the weights of another definition than the one that it was drawn by.</summary>
public sealed class ReloadedFeatureTests
{
    [Fact]
    public async Task A_definition_that_changes_between_reading_it_and_evaluating_it_is_read_again()
    {
        var definitions = new Definitions { Next = _ => Definition(1) };
        await using var shop = Shop(definitions);
        var banner = shop.GetRequiredService<IBanner>();
        banner.Text(null, "warm-up");

        var answers = 0;
        definitions.Next = _ => Definition(answers++ == 0 ? 1 : 99);
        banner.Text(null, "u1");
        banner.Text(null, "u1");

        var exposures = Exposures(shop);
        Assert.NotNull(exposures[1].AllocationVersion);
        Assert.NotEqual(exposures[0].AllocationVersion, exposures[1].AllocationVersion);
        Assert.Equal((exposures[2].VariantKey, exposures[2].AllocationVersion), (exposures[1].VariantKey, exposures[1].AllocationVersion));
    }

    [Fact]
    public async Task While_the_definition_changes_each_time_the_variant_has_no_version()
    {
        var percentage = 1;
        await using var shop = Shop(new Definitions { Next = _ => Definition(percentage++ % 98 + 1) });

        shop.GetRequiredService<IBanner>().Text(null, "u1");

        Assert.Null(Assert.Single(Exposures(shop)).AllocationVersion);
    }

    private static FeatureDefinition Definition(double percentage) => new()
    {
        Name = "Banner",
        EnabledFor = [new FeatureFilterConfiguration { Name = "AlwaysOn" }],
        Variants = [new VariantDefinition { Name = "control" }, new VariantDefinition { Name = "bold" }],
        Allocation = new Allocation
        {
            DefaultWhenEnabled = "control",
            Percentile = [new PercentileAllocation { Variant = "bold", From = 0, To = percentage }],
        },
    };

    private static ServiceProvider Shop(Definitions definitions)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddFeatureManagement();
        services.AddSingleton<IFeatureDefinitionProvider>(definitions);
        services.AddSingleton<PlainBanner>().AddSingleton<BoldBanner>();
        services.AddInMemoryDataBackplane();
        services.AddExperimentFramework(experiments => experiments.WithExposureLogging().Trial<IBanner>(trial => trial
            .AddControl<PlainBanner>().AddVariant<BoldBanner>("bold").UsingFeatureVariant("Banner")));
        return services.BuildServiceProvider();
    }

    private static List<ExposureEvent> Exposures(ServiceProvider shop) =>
        [.. shop.GetRequiredService<InMemoryDataBackplane>().Events.Select(envelope => envelope.Payload).OfType<ExposureEvent>()];

    private sealed class Definitions : IFeatureDefinitionProvider
    {
        public required Func<string, FeatureDefinition> Next { get; set; }

        public Task<FeatureDefinition> GetFeatureDefinitionAsync(string featureName) => Task.FromResult(Next(featureName));

        public async IAsyncEnumerable<FeatureDefinition> GetAllFeatureDefinitionsAsync()
        {
            await Task.CompletedTask;
            yield return Next("Banner");
        }
    }
}
