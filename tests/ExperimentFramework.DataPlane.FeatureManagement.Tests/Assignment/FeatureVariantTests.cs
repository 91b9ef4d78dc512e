using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;

namespace ExperimentFramework.DataPlane.FeatureManagement.Tests.Assignment;

public sealed class FeatureVariantTests
{
    [Fact]
    public async Task Every_subject_gets_the_variant_that_the_feature_allocates_to_it()
    {
        await using var shop = Shop(Percentiles(30));
        var features = shop.GetRequiredService<IVariantFeatureManager>();
        var banner = shop.GetRequiredService<IBanner>();

        for (var i = 0; i < 1_000; i++)
        {
            var expected = await features.GetVariantAsync("Banner", new TargetingContext { UserId = $"user-{i}" }, CancellationToken.None);
            Assert.Equal(expected.Name == "bold" ? "bold" : "plain", banner.Text(null, $"user-{i}"));
        }

        var exposures = Exposures(shop);
        Assert.InRange(exposures.Count(exposure => exposure.VariantKey == "bold"), 250, 350);
        Assert.All(exposures, exposure => Assert.Equal(("rule-match", "feature-management:Banner"), (exposure.SelectionReason, exposure.RulePath)));
        Assert.NotNull(Assert.Single(exposures.Select(exposure => exposure.AllocationVersion).Distinct()));
    }

    [Fact]
    public async Task The_percentiles_are_declared_as_weights_and_a_reload_as_another_allocation()
    {
        var settings = Configuration(Percentiles(30));
        await using var shop = Shop(settings);
        var banner = shop.GetRequiredService<IBanner>();
        var before = Enumerable.Range(0, 200).Select(i => banner.Text(null, $"user-{i}")).ToList();

        Set(settings, Percentiles(80));
        settings.Reload();
        var after = Enumerable.Range(0, 200).Select(i => banner.Text(null, $"user-{i}")).ToList();

        Assert.Equal(2, Exposures(shop).Select(exposure => exposure.AllocationVersion).Distinct().Count());
        Assert.Equal(
            [(70.0, 30.0), (20.0, 80.0)],
            Events<AnalysisSignalEvent>(shop).Select(signal => ((double)signal.Data!["weight:control"]!, (double)signal.Data!["weight:bold"]!)));
        var moved = before.Zip(after).Count(pair => pair.First != pair.Second);
        Assert.InRange(moved, 1, 200);
        Assert.Equal(moved, Events<AssignmentEvent>(shop).Count);
        Assert.All(Events<AssignmentEvent>(shop), change => Assert.Equal("weights-changed", change.ChangeReason));
    }

    [Fact]
    public async Task A_named_user_and_a_tenant_as_group_are_targeted()
    {
        await using var shop = Shop(new Dictionary<string, string?>
        {
            ["allocation:user:0:variant"] = "bold",
            ["allocation:user:0:users:0"] = "qa",
            ["allocation:group:0:variant"] = "bold",
            ["allocation:group:0:groups:0"] = "acme",
            ["allocation:default_when_enabled"] = "control",
        });
        var banner = shop.GetRequiredService<IBanner>();

        Assert.Equal(["bold", "bold", "plain"], new[] { banner.Text(null, "qa"), banner.Text("acme", "u1"), banner.Text("other", "u1") });
    }

    [Fact]
    public async Task Control_is_served_while_the_feature_allocates_nothing_or_is_not_defined()
    {
        await using var silent = Shop(new Dictionary<string, string?> { ["allocation:seed"] = "1" });
        await using var undefined = Shop(new ConfigurationBuilder().AddInMemoryCollection().Build());
        foreach (var shop in new[] { silent, undefined })
        {
            Assert.Equal("plain", shop.GetRequiredService<IBanner>().Text(null, "u1"));
            Assert.Equal(("control", "trial-selection"), (Exposures(shop)[0].VariantKey, Exposures(shop)[0].SelectionReason));
        }
    }

    [Fact]
    public async Task A_feature_that_is_switched_off_allocates_its_default()
    {
        var settings = Percentiles(30);
        settings["enabled"] = "false";
        settings["allocation:default_when_disabled"] = "control";
        await using var shop = Shop(settings);

        Assert.All(Enumerable.Range(0, 50), i => Assert.Equal("plain", shop.GetRequiredService<IBanner>().Text(null, $"user-{i}")));
    }

    [Fact]
    public async Task An_unknown_subject_gets_control()
    {
        await using var shop = Shop(Percentiles(100));

        Assert.Equal("plain", shop.GetRequiredService<IBanner>().Text(null, null));

        Assert.Equal(
            (null, "no-subject", "feature-management:Banner"), (Exposures(shop)[0].SubjectId, Exposures(shop)[0].SelectionReason, Exposures(shop)[0].RulePath));
    }

    [Fact]
    public async Task A_filter_that_waits_gives_control_with_an_error_instead_of_holding_up_the_call()
    {
        var settings = Percentiles(100);
        settings["conditions:client_filters:0:name"] = "Waiting";
        await using var shop = Shop(settings, services => services.AddFeatureManagement().AddFeatureFilter<WaitingFilter>());

        Assert.Equal("plain", shop.GetRequiredService<IBanner>().Text(null, "u1"));

        Assert.Equal("selector-error", Exposures(shop)[0].SelectionReason);
    }

    [Fact]
    public void Without_feature_management_the_experiment_does_not_start()
    {
        var services = new ServiceCollection();
        services.AddSingleton<PlainBanner>().AddSingleton<BoldBanner>();
        services.AddExperimentFramework(experiments => experiments.Trial<IBanner>(trial => trial
            .AddControl<PlainBanner>().AddVariant<BoldBanner>("bold").UsingFeatureVariant("Banner")));
        using var provider = services.BuildServiceProvider();

        Assert.Contains(
            "Call services.AddFeatureManagement()", Assert.Throws<InvalidOperationException>(() => provider.GetRequiredService<IBanner>()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_asks_the_feature_itself_is_exposed_with_the_same_variant()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(Configuration(Percentiles(100)));
        services.AddFeatureManagement();
        services.AddSingleton<IBanner, BoldBanner>();
        services.AddInMemoryDataBackplane();
        services.AddExposureLogging<IBanner>(exposures => exposures.UsingFeatureVariant("Banner"));
        await using var provider = services.BuildServiceProvider();

        provider.GetRequiredService<IBanner>().Text(null, "u1");

        Assert.Equal(("bold", "rule-match"), (Exposures(provider)[0].VariantKey, Exposures(provider)[0].SelectionReason));
    }

    private static Dictionary<string, string?> Percentiles(int bold) => new()
    {
        ["allocation:percentile:0:variant"] = "bold",
        ["allocation:percentile:0:from"] = "0",
        ["allocation:percentile:0:to"] = bold.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["allocation:default_when_enabled"] = "control",
        ["allocation:seed"] = "banner",
    };

    private static ServiceProvider Shop(Dictionary<string, string?> feature, Action<IServiceCollection>? configure = null) => Shop(Configuration(feature), configure);

    private static ServiceProvider Shop(IConfiguration configuration, Action<IServiceCollection>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton(configuration);
        services.AddFeatureManagement();
        configure?.Invoke(services);
        services.AddSingleton<PlainBanner>().AddSingleton<BoldBanner>();
        services.AddInMemoryDataBackplane();
        services.AddExperimentFramework(experiments => experiments.WithExposureLogging().Trial<IBanner>(trial => trial
            .AddControl<PlainBanner>().AddVariant<BoldBanner>("bold").UsingFeatureVariant("Banner")));
        return services.BuildServiceProvider();
    }

    private static IConfigurationRoot Configuration(Dictionary<string, string?> feature)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection().Build();
        Set(configuration, new() { ["id"] = "Banner", ["enabled"] = "true", ["variants:0:name"] = "control", ["variants:1:name"] = "bold" });
        Set(configuration, feature);
        return configuration;
    }

    private static void Set(IConfigurationRoot configuration, Dictionary<string, string?> feature)
    {
        foreach (var (key, value) in feature)
        {
            configuration[$"feature_management:feature_flags:0:{key}"] = value;
        }
    }

    private static List<ExposureEvent> Exposures(IServiceProvider provider) => Events<ExposureEvent>(provider);

    private static List<TEvent> Events<TEvent>(IServiceProvider provider) =>
        [.. provider.GetRequiredService<InMemoryDataBackplane>().Events.Select(envelope => envelope.Payload).OfType<TEvent>()];

    [FilterAlias("Waiting")]
    private sealed class WaitingFilter : IFeatureFilter
    {
        public async Task<bool> EvaluateAsync(FeatureFilterEvaluationContext context)
        {
            await new TaskCompletionSource().Task;
            return true;
        }
    }
}

[ExposureLogged("banner")]
public interface IBanner
{
    string Text([ExposureTenant] string? tenant, [ExposureSubject("user")] string? user);
}

public sealed class PlainBanner : IBanner
{
    public string Text(string? tenant, string? user) => "plain";
}

public sealed class BoldBanner : IBanner
{
    public string Text(string? tenant, string? user) => "bold";
}
