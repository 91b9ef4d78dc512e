using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.FeatureManagement;

namespace ExperimentFramework.DataPlane.FeatureManagement.Tests.Assignment;

public sealed class FeatureRegistrationTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Scoped_feature_management_stops_the_experiment_with_its_name_and_the_remedy(bool validatesScopes)
    {
        var services = Services(Defined(), services => services.AddScopedFeatureManagement());
        services.AddExperimentFramework(experiments => experiments.Trial<IBanner>(trial => trial
            .AddControl<PlainBanner>().AddVariant<BoldBanner>("bold").UsingFeatureVariant("Banner")));
        using var provider = services.BuildServiceProvider(validatesScopes);

        Assert.Equal(
            "Experiment 'banner' cannot start: feature 'Banner' selects its variant, but IVariantFeatureManager is not a singleton, and one selector serves the calls of all scopes. Call services.AddFeatureManagement() instead of AddScopedFeatureManagement(), or select the variant with a custom IVariantSelector.",
            Assert.Throws<InvalidOperationException>(() => provider.GetRequiredService<IBanner>()).Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_service_that_chooses_for_itself_is_stopped_too(bool validatesScopes)
    {
        var services = Services(Defined(), services => services.AddScopedFeatureManagement());
        services.AddSingleton<IBanner, BoldBanner>();
        services.AddExposureLogging<IBanner>(exposures => exposures.UsingFeatureVariant("Banner"));
        using var provider = services.BuildServiceProvider(validatesScopes);

        Assert.StartsWith(
            "Experiment 'banner' cannot start: feature 'Banner' selects its variant, but IVariantFeatureManager is not a singleton",
            Assert.Throws<InvalidOperationException>(() => provider.GetRequiredService<IBanner>()).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_scoped_source_of_definitions_is_refused_too()
    {
        var services = Services(Defined(), services => services.AddFeatureManagement().Services.AddScoped<IFeatureDefinitionProvider>(
            provider => new ConfigurationFeatureDefinitionProvider(provider.GetRequiredService<IConfiguration>())));
        services.AddExperimentFramework(experiments => experiments.Trial<IBanner>(trial => trial
            .AddControl<PlainBanner>().AddVariant<BoldBanner>("bold").UsingFeatureVariant("Banner")));
        using var provider = services.BuildServiceProvider();

        Assert.Contains("not a singleton", Assert.Throws<InvalidOperationException>(() => provider.GetRequiredService<IBanner>()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Singleton_feature_management_in_a_container_that_checks_scopes_starts()
    {
        using var shop = Shop(Defined());

        Assert.Equal("bold", shop.GetRequiredService<IBanner>().Text(null, "u1"));
        Assert.Empty(Warnings(shop));
    }

    [Fact]
    public async Task A_feature_decides_an_experiment_that_is_asked_by_name()
    {
        var services = Services(Defined(), services => services.AddFeatureManagement());
        services.AddExperimentFramework(experiments => experiments.Experiment("banner", static banner => banner.UsingFeatureVariant("Banner").AddControl().AddVariant("bold")));
        using var provider = services.BuildServiceProvider(validateScopes: true);

        Assert.Equal("bold", (await provider.GetRequiredService<IExperiments>().DecideAsync("banner", "u1", cancellationToken: TestContext.Current.CancellationToken)).VariantKey);
    }

    [Fact]
    public void A_feature_that_is_not_defined_is_said_at_the_start_and_again_only_when_that_changes()
    {
        var settings = Defined("Another");
        using var shop = Shop(settings);
        var banner = shop.GetRequiredService<IBanner>();
        Assert.Equal(
            "Experiment banner selects by feature 'Banner', which is not defined. 'control' is served to all subjects until it is.",
            Assert.Single(Warnings(shop)));

        Assert.Equal("plain", banner.Text(null, "u1"));
        Assert.Equal("plain", banner.Text(null, "u2"));
        Assert.Single(Warnings(shop));

        settings["feature_management:feature_flags:0:id"] = "Banner";
        settings.Reload();
        Assert.Equal("bold", banner.Text(null, "u1"));
        Assert.Single(Warnings(shop));
    }

    [Fact]
    public void A_feature_in_a_section_that_the_registration_does_not_read_is_said_with_the_section()
    {
        var settings = Defined();
        using var shop = Shop(settings, services => services.AddFeatureManagement(settings.GetSection("Features")));
        _ = shop.GetRequiredService<IBanner>();

        Assert.StartsWith(
            "Experiment banner selects by feature 'Banner', which is defined in the configuration section 'feature_management' that the registered feature management does not read",
            Assert.Single(Warnings(shop)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_id_of_a_feature_is_compared_without_regard_to_case()
    {
        var settings = Defined("BANNER");
        using var shop = Shop(settings, services => services.AddFeatureManagement(settings.GetSection("Features")));
        _ = shop.GetRequiredService<IBanner>();

        Assert.Contains("which is defined in the configuration section 'feature_management'", Assert.Single(Warnings(shop)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_feature_with_an_allocation_and_no_variants_is_said()
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(
        [
            new("feature_management:feature_flags:0:id", "Banner"), new("feature_management:feature_flags:0:enabled", "true"),
            new("feature_management:feature_flags:0:allocation:default_when_enabled", "bold"),
        ]).Build();
        using var shop = Shop(settings);
        _ = shop.GetRequiredService<IBanner>();

        Assert.Contains("no variants", Assert.Single(Warnings(shop)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_feature_has_a_name()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IBanner, BoldBanner>();

        foreach (var feature in new[] { null, "" })
        {
            Assert.ThrowsAny<ArgumentException>(() => services.AddExposureLogging<IBanner>(exposures => exposures.UsingFeatureVariant(feature!)));
            Assert.ThrowsAny<ArgumentException>(() => services.AddExperimentFramework(experiments => experiments.Trial<IBanner>(trial => trial.UsingFeatureVariant(feature!))));
        }
    }

    [Fact]
    public void The_older_section_is_said_too()
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new("FeatureManagement:banner", "true")]).Build();
        using var shop = Shop(settings, services => services.AddFeatureManagement(settings.GetSection("Features")));
        _ = shop.GetRequiredService<IBanner>();

        Assert.Contains("which is defined in the configuration section 'FeatureManagement'", Assert.Single(Warnings(shop)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("feature_management:feature_flags:0:id", "Banner", "feature_management:feature_flags:0:enabled", "true")]
    [InlineData("FeatureManagement:Banner", "true", "Other", "1")]
    public void A_flag_without_variants_is_said(string key, string value, string otherKey, string otherValue)
    {
        using var shop = Shop(new ConfigurationBuilder().AddInMemoryCollection([new(key, value), new(otherKey, otherValue)]).Build());
        _ = shop.GetRequiredService<IBanner>();

        Assert.StartsWith("Experiment banner selects by feature 'Banner', which has no variants or no allocation", Assert.Single(Warnings(shop)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_feature_with_variants_and_no_allocation_is_said()
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(
        [
            new("feature_management:feature_flags:0:id", "Banner"), new("feature_management:feature_flags:0:enabled", "true"),
            new("feature_management:feature_flags:0:variants:0:name", "bold"),
        ]).Build();
        using var shop = Shop(settings);
        _ = shop.GetRequiredService<IBanner>();

        Assert.Contains("no allocation", Assert.Single(Warnings(shop)), StringComparison.Ordinal);
    }

    [Fact]
    public void Definitions_that_cannot_be_read_at_the_start_are_said_and_stop_nothing()
    {
        using var shop = Shop(Defined(), services => services.AddSingleton<IFeatureDefinitionProvider>(new Broken()));

        Assert.Equal("plain", shop.GetRequiredService<IBanner>().Text(null, "u1"));

        Assert.Equal("Experiment banner selects by feature 'Banner', whose definition could not be read at start-up. Reading is retried at the first call.", Assert.Single(Warnings(shop)));
    }

    [Fact]
    public void Definitions_that_wait_for_something_are_an_error_of_the_selector_and_are_not_waited_for()
    {
        using var shop = Shop(Defined(), services => services.AddSingleton<IFeatureDefinitionProvider>(new Pending()));

        Assert.Equal("plain", shop.GetRequiredService<IBanner>().Text(null, "u1"));

        Assert.Equal("Experiment banner selects by feature 'Banner', whose definition could not be read at start-up. Reading is retried at the first call.", Assert.Single(Warnings(shop)));
    }

    private static ServiceCollection Services(IConfiguration configuration, Action<IServiceCollection> configure)
    {
        var services = new ServiceCollection();
        services.AddSingleton(configuration);
        services.AddLogging(logging => logging.AddFakeLogging());
        configure(services);
        services.AddSingleton<PlainBanner>().AddSingleton<BoldBanner>();
        services.AddInMemoryDataBackplane();
        return services;
    }

    private static ServiceProvider Shop(IConfiguration configuration, Action<IServiceCollection>? configure = null)
    {
        var services = Services(configuration, configure ?? (services => services.AddFeatureManagement()));
        if (services.All(descriptor => descriptor.ServiceType != typeof(IVariantFeatureManager)))
        {
            services.AddFeatureManagement();
        }

        services.AddExperimentFramework(experiments => experiments.WithExposureLogging().Trial<IBanner>(trial => trial
            .AddControl<PlainBanner>().AddVariant<BoldBanner>("bold").UsingFeatureVariant("Banner")));
        return services.BuildServiceProvider(validateScopes: true);
    }

    private static IConfigurationRoot Defined(string feature = "Banner") => new ConfigurationBuilder().AddInMemoryCollection(
    [
        new("feature_management:feature_flags:0:id", feature),
        new("feature_management:feature_flags:0:enabled", "true"),
        new("feature_management:feature_flags:0:variants:0:name", "control"),
        new("feature_management:feature_flags:0:variants:1:name", "bold"),
        new("feature_management:feature_flags:0:allocation:default_when_enabled", "bold"),
    ]).Build();

    private static List<string> Warnings(IServiceProvider provider) =>
    [
        .. provider.GetRequiredService<FakeLogCollector>().GetSnapshot()
            .Where(record => record.Level == LogLevel.Warning && record.Id.Id is >= 110 and <= 113)
            .Select(record => record.Message),
    ];

    private sealed class Pending : IFeatureDefinitionProvider
    {
        public Task<FeatureDefinition> GetFeatureDefinitionAsync(string featureName) => new TaskCompletionSource<FeatureDefinition>().Task;

        public IAsyncEnumerable<FeatureDefinition> GetAllFeatureDefinitionsAsync() => throw new NotSupportedException();
    }

    private sealed class Broken : IFeatureDefinitionProvider
    {
        public Task<FeatureDefinition> GetFeatureDefinitionAsync(string featureName) => throw new InvalidOperationException("away");

        public IAsyncEnumerable<FeatureDefinition> GetAllFeatureDefinitionsAsync() => throw new InvalidOperationException("away");
    }
}
