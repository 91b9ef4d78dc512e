using ExperimentFramework.DataPlane.Tests.Exposure;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace ExperimentFramework.DataPlane.Tests.Registration;

/// <summary>The line that each experiment logs at the start.</summary>
public sealed class ExperimentSummaryTests
{
    [Fact]
    public async Task One_line_says_what_decides_about_an_experiment()
    {
        await using var fixture = DataPlaneFixture.With(
            experiments => experiments.Trial<IGreeter>(trial => trial
                .AddControl<Hello>(weight: 3)
                .AddVariant<Bonjour>("b")
                .UsingSubjectHash("2026-q1")
                .WithPolicy(AssignmentPolicy.SubjectSticky)
                .WithSemantics(ExposureSemantics.OnFirstUse)
                .WithSamplingRate(0.25)),
            options =>
            {
                options.PiiRedaction.TenantId = RedactionMode.Omit;
                options.PiiRedaction.RedactFields.Add("email");
                options.PiiRedaction.Fields["country"] = RedactionMode.Omit;
            },
            services => services.AddSingleton<Hello>().AddSingleton<Bonjour>().AddInMemoryAssignmentStore().AddSingleton<ISubjectIdentityProvider>(new FixedSubject("u")).AddLoggingDataBackplane());
        await ExperimentHost.StartAsync(fixture);

        var record = Line(fixture);
        var allocation = Assert.Single(fixture.Logs, line => line.Id.Id == 56).GetStructuredStateValue("Selector")!.Split(' ')[^1];
        Assert.Equal(
            $"Experiment greeting: interface {typeof(IGreeter)}; variants control 75 %, b 25 %; selector subject hash with salt '2026-q1', allocation {allocation}; subject from tagged parameters, then an instance of {typeof(FixedSubject)}; policy SubjectSticky, store InMemoryAssignmentStore; semantics OnFirstUse; sampling rate 0.25; destinations LoggingDataBackplane, InMemoryDataBackplane; redaction subject id None, tenant id Omit, personal attributes {new PiiRedactionOptions().PersonalAttributes}, country Omit, email Placeholder.",
            record.Message);
        Assert.Equal(LogLevel.Information, record.Level);

        fixture.Get<IGreeter>().Greet("u");
        Assert.All(fixture.Exposures, exposure => Assert.Equal(allocation, exposure.AllocationVersion));
    }

    [Fact]
    public async Task A_provider_under_a_key_is_asked_for_no_subject_and_control_comes_first_wherever_it_is_added()
    {
        await using var fixture = DataPlaneFixture.With(
            experiments => experiments.Trial<IGreeter>(trial => trial.AddVariant<Bonjour>("b").AddControl<Hello>().UsingSubjectHash()),
            services: services => services.AddKeyedSingleton<ISubjectIdentityProvider>("other", new FixedSubject("u")));
        await ExperimentHost.StartAsync(fixture);

        Assert.Contains("variants control 50 %, b 50 %;", Line(fixture).Message, StringComparison.Ordinal);
        Assert.Contains("subject from tagged parameters; policy", Line(fixture).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_rules_of_redaction_stand_in_the_order_of_their_names()
    {
        await using var fixture = DataPlaneFixture.Greeting(_ => { }, options =>
        {
            options.PiiRedaction.Fields["country"] = RedactionMode.Omit;
            options.PiiRedaction.RedactFields.Add("age");
        });
        await ExperimentHost.StartAsync(fixture);

        Assert.EndsWith(", age Placeholder, country Omit.", Line(fixture).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_experiment_has_its_line_and_a_foreign_selector_is_not_asked()
    {
        var selector = new FuncSelector(() => throw new InvalidOperationException("asked"));
        await using var fixture = DataPlaneFixture.With(experiments => experiments
            .Trial<IGreeter>(trial => trial.AddControl<Hello>().AddVariant<Bonjour>("b").Using(selector))
            .Trial<IGreeter>("second", trial => trial.AddControl<Hello>().AddVariant<Bonjour>("b").UsingConfigurationKey("Greeting")),
            services: services => services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build()));
        await ExperimentHost.StartAsync(fixture);

        var lines = fixture.Logs.Where(record => record.Id.Id == 56).Select(record => record.Message).ToArray();
        Assert.Equal(2, lines.Length);
        Assert.Contains($"variants control, b; selector {typeof(FuncSelector)}; subject from tagged parameters; policy BestEffort, store none; semantics OnDecision; sampling rate 1; destinations InMemoryDataBackplane", lines[0], StringComparison.Ordinal);
        Assert.Contains("Experiment second: ", lines[1], StringComparison.Ordinal);
        Assert.Contains("selector configuration key 'Greeting'", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_chooses_its_variant_itself_and_one_that_records_nothing_have_lines_too()
    {
        IServiceCollection services = new ServiceCollection();
        services.AddLogging(logging => logging.AddFakeLogging()).AddSingleton<INumbered, Numbered>().AddSingleton<VariantLog>();
        services.AddExposureLogging<INumbered>(exposures => exposures.Using(new FixedSelector("blue")));
        services.AddExperimentFramework(experiments => experiments.Trial<IGreeter>(trial => trial.AddControl<Hello>().AddVariant<Bonjour>("b")));
        await using var provider = services.BuildServiceProvider();
        foreach (var service in provider.GetServices<Microsoft.Extensions.Hosting.IHostedService>())
        {
            await service.StartAsync(TestContext.Current.CancellationToken);
        }

        var lines = provider.GetRequiredService<FakeLogCollector>().GetSnapshot().Where(record => record.Id.Id == 56).Select(record => record.Message).ToArray();
        Assert.Contains($"Experiment numbered: interface {typeof(INumbered)}; variants any that the selector returns; selector {typeof(FixedSelector)};", lines[0], StringComparison.Ordinal);
        Assert.Contains("destinations none;", lines[0], StringComparison.Ordinal);
        Assert.Contains("semantics nothing is recorded;", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shares_are_those_of_the_configuration_where_it_has_weights()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create<string, string?>("Weights:b", "1e308"), KeyValuePair.Create<string, string?>("Weights:control", "1e308")]).Build();
        await using var fixture = DataPlaneFixture.With(
            experiments => experiments.Trial<IGreeter>(trial => trial.AddControl<Hello>(weight: 9).AddVariant<Bonjour>("b").UsingSubjectHash(weightsSection: "Weights")),
            services: services => services.AddSingleton<IConfiguration>(configuration));
        await ExperimentHost.StartAsync(fixture);

        Assert.Contains("variants control 50 %, b 50 %; selector subject hash, weights from 'Weights', allocation ", Line(fixture).Message, StringComparison.Ordinal);
    }

    private static FakeLogRecord Line(DataPlaneFixture fixture) => Assert.Single(fixture.Logs, record => record.Id.Id == 56);
}
