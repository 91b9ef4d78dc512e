using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Experiments;

/// <summary>An experiment without an interface has everything that a trial has but an implementation.</summary>
public sealed class DeclaredExperimentTests
{
    public static TheoryData<Action<ExperimentBuilder>, string> Mistakes => new()
    {
        { banner => banner.AddVariant("b"), "Experiment 'banner' cannot start: Control is missing. Call AddControl() once." },
        { banner => { banner.AddControl(); banner.AddControl(); }, "Keep one AddControl() call" },
        { banner => banner.AddControl().AddVariant("b").AddVariant("B"), "The variant key 'b' is used 2 times." },
        { banner => banner.AddControl("off").AddVariant("Off"), "The variant key 'off' is used 2 times." },
        { banner => banner.AddControl("off").AddVariant("control"), "The key 'control' is reserved for control. Call AddControl()" },
        { banner => banner.AddControl(weight: -1), "The weight of variant 'control' is -1" },
        { banner => banner.AddControl(weight: 0), "All weights are 0" },
        { banner => banner.AddControl().AddVariant(" b"), "The variant key ' b' begins or ends with white space" },
        { banner => { banner.AddControl(); banner.WithSamplingRate(2); }, "WithSamplingRate is 2; it must be from 0 to 1" },
        { banner => { banner.AddControl(); banner.WithSemantics((ExposureSemantics)9); }, "WithSemantics is 9" },
        { banner => { banner.AddControl(); banner.WithPolicy((AssignmentPolicy)9); }, "WithPolicy is 9" },
        { banner => { banner.AddControl(); banner.WithOverride("qa", "c"); }, "names variant 'c', which does not exist" },
        { banner => { banner.AddControl(); banner.UsingSubjectHash().UsingFeatureFlag("f"); }, "Two selectors are set" },
        { banner => { banner.AddControl(weight: 2).AddVariant("b"); banner.UsingFeatureFlag("f"); }, "The weights differ" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_an_error_that_names_the_experiment(Action<ExperimentBuilder> configure, string message) =>
        Assert.Contains(
            message,
            Assert.Throws<InvalidOperationException>(() => ExperimentFrameworkBuilder.Create().Experiment("banner", configure)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void A_name_is_valid_and_taken_once()
    {
        Assert.Contains(
            "The experiment name ' banner' begins or ends with white space",
            Assert.Throws<InvalidOperationException>(() => ExperimentFrameworkBuilder.Create().Experiment(" banner", banner => banner.AddControl())).Message,
            StringComparison.Ordinal);
#pragma warning disable DP2005 // The name is the one under test.
        Assert.Contains(
            "Two experiments are named 'greeting'",
            Assert.Throws<InvalidOperationException>(() => ExperimentFrameworkBuilder.Create()
                .Trial<IGreeter>(trial => trial.AddControl<Hello>())
                .Experiment("greeting", greeting => greeting.AddControl())).Message,
            StringComparison.Ordinal);
#pragma warning restore DP2005
        Assert.Contains(
            "already registered",
            Assert.Throws<InvalidOperationException>(() => new ServiceCollection()
                .AddExperimentFramework(experiments => experiments.Experiment("a", a => a.AddControl()))
                .AddExperimentFramework(experiments => experiments.Experiment("a", a => a.AddControl()))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_split_by_its_weights_and_its_control_may_have_another_key()
    {
        await using var fixture = Banner(banner => banner.AddControl("off", weight: 3).AddVariant("big"));
        var experiments = fixture.Get<IExperiments>();

        var decisions = Enumerable.Range(0, 4_000).Select(i => experiments.Decide("banner", $"u{i}")).ToArray();

        Assert.InRange(decisions.Count(decision => decision.VariantKey == "big"), 900, 1_100);
        Assert.All(decisions, decision => Assert.Equal(("hash-assignment", AssignmentPolicy.BestEffort), (decision.Reason, decision.AssignmentPolicy)));
        Assert.Equal(("off", "no-subject"), (experiments.Decide("banner").VariantKey, experiments.Decide("banner").Reason));
    }

    [Fact]
    public async Task Its_selectors_policies_and_settings_are_those_of_a_trial()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Banner"] = "big" }).Build();
        await using var fixture = Banner(
            banner =>
            {
                banner.AddControl().AddVariant("big");
                banner.UsingConfigurationKey("Banner").WithPolicy(AssignmentPolicy.SubjectSticky).WithSemantics(ExposureSemantics.OnFirstUse);
            },
            services: services => services.AddSingleton<IConfiguration>(configuration).AddInMemoryAssignmentStore());
        var experiments = fixture.Get<IExperiments>();

        await experiments.ExposeAsync("banner", "u1", cancellationToken: TestContext.Current.CancellationToken);
        configuration["Banner"] = "control";
        await experiments.ExposeAsync("banner", "u1", cancellationToken: TestContext.Current.CancellationToken);

        var exposure = Assert.Single(fixture.Exposures);
        Assert.Equal(
            ("banner", "big", "trial-selection", "configuration:Banner", AssignmentPolicy.SubjectSticky, null),
            (exposure.ExperimentName, exposure.VariantKey, exposure.SelectionReason, exposure.RulePath, exposure.AssignmentPolicy, exposure.VariantBuild));
        Assert.Equal("control", experiments.Decide("banner", "u2").VariantKey);
    }

    [Fact]
    public async Task Its_entry_in_the_options_takes_precedence()
    {
        await using var fixture = Banner(
            banner => { banner.AddControl(); banner.WithSamplingRate(1); },
            options => options.Experiments["Banner"] = new ExperimentOptions { SamplingRate = 0, ExposureSemantics = ExposureSemantics.OnFirstUse });

        await fixture.Get<IExperiments>().ExposeAsync("banner", "u1", cancellationToken: TestContext.Current.CancellationToken);

        Assert.Empty(fixture.Exposures);
        Assert.Equal(1, fixture.Dropped("banner", "control", DropReasons.SampledOut));
    }

    [Fact]
    public async Task Its_start_is_summarised_and_reviewed_and_its_weights_are_declared()
    {
        await using var fixture = Banner(banner => banner.AddControl(weight: 0).AddVariant("big"));
        await ExperimentHost.StartAsync(fixture);

        await fixture.Get<IExperiments>().ExposeAsync("banner", "u1", cancellationToken: TestContext.Current.CancellationToken);

        Assert.Contains(fixture.Logs, record => record.Message.StartsWith("Experiment banner: interface none; variants control 0 %, big 100 %; selector subject hash", StringComparison.Ordinal));
        Assert.Contains(fixture.Logs, record => record.Id.Name == "AllWeightOnOneVariant");
        Assert.Single(fixture.Backplane.Events, envelope => envelope.Payload is AnalysisSignalEvent { SignalType: AnalysisSignalType.AllocationDeclared, ExperimentName: "banner" });
    }

    [Fact]
    public async Task Without_exposure_logging_it_decides_and_records_nothing()
    {
        var services = new ServiceCollection();
        services.AddInMemoryDataBackplane();
        services.AddExperimentFramework(experiments => experiments.Experiment("banner", banner => banner.AddControl()));
        await using var provider = services.BuildServiceProvider(validateScopes: true);

        Assert.Equal("control", (await provider.GetRequiredService<IExperiments>().ExposeAsync("banner", "u1", cancellationToken: TestContext.Current.CancellationToken)).VariantKey);
        Assert.False(await provider.GetRequiredService<IExposureRecorder>().RecordAsync(
            new DecidedExposure { ExperimentName = "banner", VariantKey = "control", SubjectId = "u1" }, TestContext.Current.CancellationToken));

        Assert.Empty(provider.GetRequiredService<InMemoryDataBackplane>().Events);
    }

    [Fact]
    public async Task A_forgotten_subject_is_forgotten_by_it_too()
    {
        await using var fixture = Banner(
            banner => { banner.AddControl().AddVariant("big"); banner.WithPolicy(AssignmentPolicy.SubjectSticky); },
            services: services => services.AddInMemoryAssignmentStore());
        fixture.Get<IExperiments>().Decide("banner", "u1");
        await using var scope = fixture.Scope();

        Assert.Equal(1, await scope.ServiceProvider.GetRequiredService<ISubjectAssignments>().ForgetAsync("u1", cancellationToken: TestContext.Current.CancellationToken));
    }

    private static DataPlaneFixture Banner(
        Action<ExperimentBuilder> configure, Action<DataPlaneOptions>? options = null, Action<IServiceCollection>? services = null) =>
        DataPlaneFixture.With(experiments => experiments.Experiment("banner", configure), options, services);
}
