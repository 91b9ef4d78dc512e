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
    public async Task A_variant_that_is_defined_after_its_percentile_makes_another_version()
    {
        (string, string)[] percentiles =
        [
            ("enabled", "true"), ("allocation:default_when_enabled", "control"),
            ("allocation:percentile:0:variant", "bold"), ("allocation:percentile:0:from", "0"), ("allocation:percentile:0:to", "90"),
            ("allocation:percentile:1:variant", "other"), ("allocation:percentile:1:from", "90"), ("allocation:percentile:1:to", "95"),
        ];

        Assert.NotNull(await VersionAsync(percentiles));
        Assert.NotEqual(await VersionAsync(percentiles), await VersionAsync([.. percentiles, ("variants:2:name", "other")]));
    }

    [Fact]
    public async Task A_group_and_a_user_of_one_name_make_two_versions()
    {
        (string, string)[] halves =
        [
            ("enabled", "true"), ("allocation:default_when_enabled", "control"),
            ("allocation:percentile:0:variant", "bold"), ("allocation:percentile:0:from", "0"), ("allocation:percentile:0:to", "50"),
        ];
        Assert.NotEqual(
            await VersionAsync([.. halves, ("allocation:group:0:variant", "bold"), ("allocation:group:0:groups:0", "acme")]),
            await VersionAsync([.. halves, ("allocation:user:0:variant", "bold"), ("allocation:user:0:users:0", "acme")]));
    }

    [Theory]
    [InlineData("a named user", "qa", null)]
    [InlineData("a named user", "QA", null)]
    [InlineData("a group", "u1", "acme")]
    [InlineData("a disabled feature", "u1", null, "enabled", "false")]
    [InlineData("a feature that filters may switch off", "u1", null, "conditions:client_filters:0:name", "On")]
    public async Task What_no_percentile_draws_has_neither_version_nor_weights(string case_, string user, string? tenant, params string[] settings)
    {
        (string, string)[] feature =
        [
            ("enabled", "true"), ("allocation:default_when_enabled", "control"), ("allocation:default_when_disabled", "control"),
            ("allocation:percentile:0:variant", "bold"), ("allocation:percentile:0:from", "0"), ("allocation:percentile:0:to", "50"),
            ("allocation:user:0:variant", "bold"), ("allocation:user:0:users:0", "qa"),
            ("allocation:group:0:variant", "bold"), ("allocation:group:0:groups:0", "acme"),
        ];
        await using var shop = Shop([.. feature, .. settings.Chunk(2).Select(static pair => (pair[0], pair[1]))], static services => services.AddFeatureManagement().AddFeatureFilter<OnFilter>());
        shop.GetRequiredService<IBanner>().Text(tenant, user);

        Assert.Equal((case_, null), (case_, Events<ExposureEvent>(shop)[0].AllocationVersion));
        Assert.Empty(Events<AnalysisSignalEvent>(shop));
    }

    [Fact]
    public async Task Without_percentiles_nothing_is_drawn()
    {
        await using var shop = Shop([("enabled", "true"), ("allocation:default_when_enabled", "bold")]);
        shop.GetRequiredService<IBanner>().Text(null, "u1");

        Assert.Equal(("bold", null), (Events<ExposureEvent>(shop)[0].VariantKey, Events<ExposureEvent>(shop)[0].AllocationVersion));
        Assert.Empty(Events<AnalysisSignalEvent>(shop));
    }

    [Fact]
    public async Task A_subject_beside_the_named_ones_is_drawn()
    {
        await using var shop = Shop(Allocation);
        shop.GetRequiredService<IBanner>().Text("umbrella", "u2");

        Assert.NotNull(Events<ExposureEvent>(shop)[0].AllocationVersion);
    }

    [Fact]
    public async Task Subjects_that_a_feature_allocates_nothing_are_not_drawn_and_the_others_split_by_the_percentiles()
    {
        await using var shop = Shop(
        [
            ("enabled", "true"),
            ("allocation:percentile:0:variant", "control"), ("allocation:percentile:0:from", "0"), ("allocation:percentile:0:to", "10"),
            ("allocation:percentile:1:variant", "bold"), ("allocation:percentile:1:from", "10"), ("allocation:percentile:1:to", "20"),
        ]);
        for (var user = 0; user < 1_000; user++)
        {
            shop.GetRequiredService<IBanner>().Text(null, "u" + user);
        }

        var drawn = Events<ExposureEvent>(shop).Where(static exposure => exposure.AllocationVersion is not null).ToList();
        Assert.InRange(drawn.Count, 150, 250);
        Assert.InRange(drawn.Count(static exposure => exposure.VariantKey == "control"), 60, 140);
        Assert.All(drawn, static exposure => Assert.Equal(SelectionReasons.RuleMatch, exposure.SelectionReason));
        Assert.Equal((10.0, 10.0), Weights(Assert.Single(Events<AnalysisSignalEvent>(shop))));
    }

    [Fact]
    public async Task Of_percentiles_that_overlap_the_first_one_draws()
    {
        await using var shop = Shop(
        [
            ("enabled", "true"),
            ("allocation:percentile:0:variant", "bold"), ("allocation:percentile:0:from", "0"), ("allocation:percentile:0:to", "80"),
            ("allocation:percentile:1:variant", "control"), ("allocation:percentile:1:from", "20"), ("allocation:percentile:1:to", "100"),
        ]);
        for (var user = 0; user < 1_000; user++)
        {
            shop.GetRequiredService<IBanner>().Text(null, "u" + user);
        }

        Assert.InRange(Events<ExposureEvent>(shop).Count(static exposure => exposure.VariantKey == "bold"), 750, 850);
        Assert.Equal((20.0, 80.0), Weights(Assert.Single(Events<AnalysisSignalEvent>(shop))));
    }

    [Fact]
    public async Task A_default_that_is_no_variant_has_no_weight()
    {
        await using var shop = Shop(
        [
            ("enabled", "true"), ("allocation:default_when_enabled", "misspelt"),
            ("allocation:percentile:0:variant", "control"), ("allocation:percentile:0:from", "0"), ("allocation:percentile:0:to", "40"),
            ("allocation:percentile:1:variant", "bold"), ("allocation:percentile:1:from", "40"), ("allocation:percentile:1:to", "80"),
        ]);
        for (var user = 0; user < 10; user++)
        {
            shop.GetRequiredService<IBanner>().Text(null, "u" + user);
        }

        Assert.Equal(["allocationVersion", "weight:bold", "weight:control"], Assert.Single(Events<AnalysisSignalEvent>(shop)).Data!.Keys.Order());
    }

    [Fact]
    public async Task Names_in_another_case_allocate_nothing_and_have_no_weight()
    {
        await using var shop = Shop([.. Allocation, ("allocation:percentile:1:variant", "control"), ("allocation:default_when_enabled", "BOLD")]);
        for (var user = 0; user < 200; user++)
        {
            shop.GetRequiredService<IBanner>().Text(null, "v" + user);
        }

        Assert.All(Events<ExposureEvent>(shop), static exposure => Assert.Equal(exposure.SelectionReason == SelectionReasons.RuleMatch, exposure.AllocationVersion is not null));
        Assert.Equal((20.0, 10.0), Weights(Assert.Single(Events<AnalysisSignalEvent>(shop))));
    }

    [Fact]
    public async Task Percentiles_of_a_single_variant_are_no_split()
    {
        await using var shop = Shop(
            [("enabled", "true"), ("allocation:percentile:0:variant", "bold"), ("allocation:percentile:0:from", "0"), ("allocation:percentile:0:to", "100")]);
        shop.GetRequiredService<IBanner>().Text(null, "u1");

        Assert.Equal(("bold", null), (Events<ExposureEvent>(shop)[0].VariantKey, Events<ExposureEvent>(shop)[0].AllocationVersion));
        Assert.Empty(Events<AnalysisSignalEvent>(shop));
    }

    [Fact]
    public async Task Percentiles_of_one_variant_are_one_weight_and_the_rest_is_the_defaults()
    {
        await using var shop = Shop(Allocation);
        shop.GetRequiredService<IBanner>().Text(null, "u2");

        var signal = Assert.Single(Events<AnalysisSignalEvent>(shop));
        Assert.Equal((30.0, 70.0), ((double)signal.Data!["weight:bold"]!, (double)signal.Data!["weight:control"]!));
    }

    [Fact]
    public async Task A_default_that_has_percentiles_too_gets_the_rest_beside_them()
    {
        await using var shop = Shop([.. Allocation, ("allocation:default_when_enabled", "bold"), ("allocation:percentile:1:variant", "control")]);
        shop.GetRequiredService<IBanner>().Text(null, "u2");

        var signal = Assert.Single(Events<AnalysisSignalEvent>(shop));
        Assert.Equal((80.0, 20.0), ((double)signal.Data!["weight:bold"]!, (double)signal.Data!["weight:control"]!));
    }

    [Fact]
    public async Task Percentiles_that_leave_nothing_over_give_the_default_nothing()
    {
        await using var shop = Shop(
        [
            ("enabled", "true"), ("variants:2:name", "other"), ("allocation:default_when_enabled", "control"),
            ("allocation:percentile:0:variant", "bold"), ("allocation:percentile:0:from", "0"), ("allocation:percentile:0:to", "60"),
            ("allocation:percentile:1:variant", "other"), ("allocation:percentile:1:from", "60"), ("allocation:percentile:1:to", "100"),
            ("allocation:percentile:2:variant", "control"), ("allocation:percentile:2:from", "0"), ("allocation:percentile:2:to", "0"),
        ]);
        shop.GetRequiredService<IBanner>().Text(null, "u1");
        shop.GetRequiredService<IBanner>().Text(null, "u2");

        Assert.Equal(["allocationVersion", "weight:bold", "weight:other"], Assert.Single(Events<AnalysisSignalEvent>(shop)).Data!.Keys.Order());
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

    private static (double Control, double Bold) Weights(AnalysisSignalEvent signal) => ((double)signal.Data!["weight:control"]!, (double)signal.Data["weight:bold"]!);

    private static async Task<string?> VersionAsync((string Key, string Value)[] feature)
    {
        await using var shop = Shop(feature);
        shop.GetRequiredService<IBanner>().Text(null, "u2");
        return Events<ExposureEvent>(shop)[0].AllocationVersion;
    }

    private static ServiceProvider Shop((string Key, string Value)[] feature, Action<IServiceCollection>? configure = null)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection().Build();
        foreach (var (key, value) in feature.Prepend(("variants:0:name", "control")).Prepend(("variants:1:name", "bold")).Prepend(("id", "Banner")))
        {
            configuration[$"feature_management:feature_flags:0:{key}"] = value;
        }

        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddFeatureManagement();
        configure?.Invoke(services);
        services.AddSingleton<PlainBanner>().AddSingleton<BoldBanner>();
        services.AddInMemoryDataBackplane();
        services.AddExperimentFramework(experiments => experiments.WithExposureLogging().Trial<IBanner>(trial => trial
            .AddControl<PlainBanner>().AddVariant<BoldBanner>("bold").UsingFeatureVariant("Banner")));
        return services.BuildServiceProvider();
    }

    private static List<TEvent> Events<TEvent>(IServiceProvider provider) =>
        [.. provider.GetRequiredService<InMemoryDataBackplane>().Events.Select(envelope => envelope.Payload).OfType<TEvent>()];

    [FilterAlias("On")]
    private sealed class OnFilter : IFeatureFilter
    {
        public Task<bool> EvaluateAsync(FeatureFilterEvaluationContext context) => Task.FromResult(true);
    }
}
