using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.FeatureManagement;

namespace ExperimentFramework.DataPlane.FeatureManagement.Tests.Assignment;

public sealed class FeatureAllocationTests
{
    private static readonly (string Key, string Value)[] Allocation =
    [
        ("enabled", "true"),
        ("allocation:seed", "seed"),
        ("allocation:percentile:0:variant", "bold"), ("allocation:percentile:0:from", "0"), ("allocation:percentile:0:to", "10"),
        ("allocation:percentile:1:variant", "bold"), ("allocation:percentile:1:from", "50"), ("allocation:percentile:1:to", "70"),
        ("allocation:group:0:variant", "bold"), ("allocation:group:0:groups:0", "acme"),
        ("allocation:user:0:variant", "control"), ("allocation:user:0:users:0", "u1"),
        ("allocation:default_when_enabled", "control"), ("allocation:default_when_disabled", "control"),
    ];

    [Theory]
    [InlineData("enabled", "false")]
    [InlineData("allocation:seed", "another")]
    [InlineData("allocation:percentile:0:from", "1")]
    [InlineData("allocation:percentile:0:to", "11")]
    [InlineData("allocation:percentile:1:variant", "control")]
    [InlineData("allocation:group:0:groups:0", "umbrella")]
    [InlineData("allocation:group:0:variant", "control")]
    [InlineData("allocation:user:0:users:1", "u2")]
    [InlineData("allocation:user:0:variant", "bold")]
    [InlineData("allocation:default_when_enabled", "bold")]
    [InlineData("allocation:default_when_disabled", "bold")]
    public async Task Whatever_moves_a_subject_makes_another_version(string key, string value)
    {
        Assert.NotEqual(await VersionAsync(Allocation), await VersionAsync([.. Allocation, (key, value)]));
        Assert.Equal(await VersionAsync(Allocation), await VersionAsync([.. Allocation, ("description", value)]));
    }

    [Fact]
    public async Task A_group_and_a_user_of_one_name_make_two_versions()
    {
        Assert.NotEqual(
            await VersionAsync([("enabled", "true"), ("allocation:group:0:variant", "bold"), ("allocation:group:0:groups:0", "acme")]),
            await VersionAsync([("enabled", "true"), ("allocation:user:0:variant", "bold"), ("allocation:user:0:users:0", "acme")]));
    }

    [Fact]
    public async Task The_names_of_variants_are_compared_without_regard_to_case()
    {
        await using var shop = Shop([.. Allocation, ("allocation:percentile:1:variant", "BOLD"), ("allocation:default_when_enabled", "Bold")]);
        shop.GetRequiredService<IBanner>().Text(null, "u1");

        Assert.Empty(Events<AnalysisSignalEvent>(shop));
    }

    [Fact]
    public async Task Percentiles_of_one_variant_are_one_weight_and_the_rest_is_the_defaults()
    {
        await using var shop = Shop(Allocation);
        shop.GetRequiredService<IBanner>().Text(null, "u1");

        var signal = Assert.Single(Events<AnalysisSignalEvent>(shop));
        Assert.Equal((30.0, 70.0), ((double)signal.Data!["weight:bold"]!, (double)signal.Data!["weight:control"]!));
    }

    [Fact]
    public async Task A_default_that_has_percentiles_too_gets_the_rest_beside_them()
    {
        await using var shop = Shop([.. Allocation, ("allocation:default_when_enabled", "bold"), ("allocation:percentile:1:variant", "control")]);
        shop.GetRequiredService<IBanner>().Text(null, "u1");

        var signal = Assert.Single(Events<AnalysisSignalEvent>(shop));
        Assert.Equal((80.0, 20.0), ((double)signal.Data!["weight:bold"]!, (double)signal.Data!["weight:control"]!));
    }

    [Fact]
    public async Task Percentiles_that_leave_nothing_over_give_the_default_nothing()
    {
        await using var shop = Shop(
        [
            ("enabled", "true"), ("allocation:default_when_enabled", "control"),
            ("allocation:percentile:0:variant", "bold"), ("allocation:percentile:0:from", "0"), ("allocation:percentile:0:to", "100"),
            ("allocation:percentile:1:variant", "other"), ("allocation:percentile:1:from", "0"), ("allocation:percentile:1:to", "0"),
        ]);
        shop.GetRequiredService<IBanner>().Text(null, "u1");

        Assert.DoesNotContain("weight:control", Assert.Single(Events<AnalysisSignalEvent>(shop)).Data!.Keys);
    }

    [Fact]
    public async Task Control_that_is_allocated_differs_from_control_that_is_served_because_nothing_is()
    {
        await using var shop = Shop(
        [
            ("enabled", "true"), ("allocation:user:0:variant", "control"), ("allocation:user:0:users:0", "u1"),
        ]);
        var banner = shop.GetRequiredService<IBanner>();
        foreach (var user in new[] { "u1", "u2", "u1" })
        {
            banner.Text(null, user);
        }

        Assert.Equal(["rule-match", "trial-selection", "rule-match"], Events<ExposureEvent>(shop).Select(exposure => exposure.SelectionReason));
    }

    private static async Task<string?> VersionAsync((string Key, string Value)[] feature)
    {
        await using var shop = Shop(feature);
        shop.GetRequiredService<IBanner>().Text(null, "u1");
        return Events<ExposureEvent>(shop)[0].AllocationVersion;
    }

    private static ServiceProvider Shop((string Key, string Value)[] feature)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection().Build();
        foreach (var (key, value) in feature.Prepend(("variants:0:name", "control")).Prepend(("variants:1:name", "bold")).Prepend(("id", "Banner")))
        {
            configuration[$"feature_management:feature_flags:0:{key}"] = value;
        }

        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddFeatureManagement();
        services.AddSingleton<PlainBanner>().AddSingleton<BoldBanner>();
        services.AddInMemoryDataBackplane();
        services.AddExperimentFramework(experiments => experiments.WithExposureLogging().Trial<IBanner>(trial => trial
            .AddControl<PlainBanner>().AddVariant<BoldBanner>("bold").UsingFeatureVariant("Banner")));
        return services.BuildServiceProvider();
    }

    private static List<TEvent> Events<TEvent>(IServiceProvider provider) =>
        [.. provider.GetRequiredService<InMemoryDataBackplane>().Events.Select(envelope => envelope.Payload).OfType<TEvent>()];
}
