using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Science.Tests;

/// <summary>Plans in code and in configuration.</summary>
public sealed class PlanHostTests : IDisposable
{
    private const string Section = "DataPlane:Plans:checkout-pricing:";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_section_is_a_plan()
    {
        var plan = Assert.Single(Start(
            static services => services.AddExperimentMonitor(),
            ("Version", "2"), ("Control", "control"), ("Alpha", "0.01"), ("Sides", "1"), ("Power", "0.9"), ("MinimumEffect", "0.1"), ("Looks", "GroupSequential(HwangShihDeCani(-4); 0.5; 1)"), ("MinimumRunTime", "7.00:00:00"),
            ("Owner", "team"), ("EndsAt", "2026-04-01T00:00:00Z"), ("Segments:0", "country"), ("Segments:1", "device"),
            ("PrimaryMetric:Name", "revenue"), ("PrimaryMetric:Window", "1.00:00:00"), ("PrimaryMetric:Cap", "500"), ("PrimaryMetric:Baseline", "50"), ("PrimaryMetric:StandardDeviation", "20"),
            ("SecondaryMetrics:0:Name", "latency"), ("SecondaryMetrics:0:Source", "outcomeDuration"), ("SecondaryMetrics:0:Window", "00:00:00"), ("SecondaryMetrics:0:Aggregation", "Mean"),
            ("SecondaryMetrics:0:Cap", "60000"), ("SecondaryMetrics:0:Scale", "Logarithmic")));

        var expected = Plans.Means() with
        {
            Alpha = 0.01,
            Sides = 1,
            Power = 0.9,
            Looks = LookSchedule.GroupSequential(SpendingFunction.HwangShihDeCani(-4), 0.5, 1),
            MinimumRunTime = TimeSpan.FromDays(7),
            EndsAt = new DateTimeOffset(2026, 4, 1, 0, 0, 0, TimeSpan.Zero),
            Segments = ["country", "device"],
            PrimaryMetric = Plans.Means().PrimaryMetric with { Definition = new MetricDefinition(TimeSpan.FromDays(1), Cap: 500) },
            SecondaryMetrics = [Plans.Latency],
        };
        Assert.Equal(expected.Hash, plan.Hash);
        Assert.Equal((2, "team"), (plan.Version, plan.Owner));
    }

    [Fact]
    public void The_configuration_overrides_the_settings_of_code_one_by_one()
    {
        var code = Plans.Conversions(LookSchedule.FixedHorizon) with { SecondaryMetrics = [Plans.Latency], Segments = ["country"] };

        var plan = Assert.Single(Start(services => services.AddAnalysisPlan(code), ("Alpha", "0.01"), ("PrimaryMetric:Baseline", "0.3")));

        Assert.Equal((code with { Alpha = 0.01, PrimaryMetric = code.PrimaryMetric with { Baseline = 0.3 } }).Hash, plan.Hash);
    }

    [Fact]
    public void The_name_of_an_experiment_is_compared_without_regard_to_case_in_the_configuration_alone()
    {
        using var host = Create(static services => services.AddAnalysisPlan(Plans.Conversions()), ("DataPlane:Plans:Checkout-Pricing:Alpha", "0.01"));
        host.Start();

        var plan = Assert.Single(host.Services.GetRequiredService<IOptions<AnalysisPlans>>().Value.ByExperiment.Values);
        Assert.Equal((MonitoredStream.Experiment, 0.01), (plan.ExperimentName, plan.Alpha));
    }

    [Theory]
    [InlineData("Alfa", "0.01", "Configuration key 'DataPlane:Plans:checkout-pricing:Alfa' is unknown; expected one of Version, Control,")]
    [InlineData("PrimaryMetric:Windw", "0.01", "Configuration key 'DataPlane:Plans:checkout-pricing:PrimaryMetric:Windw' is unknown")]
    [InlineData("Alpha", "high", "Configuration value 'DataPlane:Plans:checkout-pricing:Alpha' is 'high'; it must be a number, such as 0.05.")]
    [InlineData("Alpha", "0,05", "Configuration value 'DataPlane:Plans:checkout-pricing:Alpha' is '0,05'; it must be a number, such as 0.05.")]
    [InlineData("Version", "1,000", "Configuration value 'DataPlane:Plans:checkout-pricing:Version' is '1,000'; it must be an integer.")]
    [InlineData("Alpha:0", "1", "Configuration key 'DataPlane:Plans:checkout-pricing:Alpha' is a section; it must be a single value.")]
    [InlineData("Alpha", "0.7", "AnalysisPlan.Alpha of experiment 'checkout-pricing' is 0.7; it must be between 0 and 0.5, both excluded.")]
    [InlineData("Looks", "Daily", "Configuration value 'DataPlane:Plans:checkout-pricing:Looks' is 'Daily'; it must be AlwaysValid, FixedHorizon, or GroupSequential")]
    [InlineData("PrimaryMetric:Source", "Clicks", "Configuration value 'DataPlane:Plans:checkout-pricing:PrimaryMetric:Source' is 'Clicks'; it must be one of Metric, OutcomeFailure,")]
    [InlineData("PrimaryMetric:Window", "24:00:00", "Configuration value 'DataPlane:Plans:checkout-pricing:PrimaryMetric:Window' is '24:00:00', which .NET parses as 24 days.")]
    [InlineData("EndsAt", "soon", "Configuration value 'DataPlane:Plans:checkout-pricing:EndsAt' is 'soon'; it must be a moment")]
    [InlineData("Segments", "country", "Configuration key 'DataPlane:Plans:checkout-pricing:Segments' has a single value; it must be a list")]
    [InlineData("SecondaryMetrics:0:Name", "a", "Configuration section 'DataPlane:Plans:checkout-pricing:SecondaryMetrics:0' has no value for 'Window', which an analysis plan requires.")]
    [InlineData("Segments:0", "", "AnalysisPlan.Segments of experiment 'checkout-pricing' has the name '', which is empty.")]
    public void A_section_that_is_not_understood_stops_the_start(string key, string value, string message)
    {
        var error = Assert.ThrowsAny<Exception>(() => Start(static services => services.AddAnalysisPlan(Plans.Conversions()), (key, value)));

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_section_without_control_says_so()
    {
        var error = Assert.ThrowsAny<Exception>(() => Start(static services => services.AddExperimentMonitor(), ("PrimaryMetric:Name", "a"), ("PrimaryMetric:Window", "0:00:00")));

        Assert.StartsWith("Configuration section 'DataPlane:Plans:checkout-pricing' has no value for 'Control'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_plans_of_one_experiment_are_refused()
    {
        var services = new ServiceCollection().AddAnalysisPlan(Plans.Conversions()).AddAnalysisPlan(Plans.Conversions() with { ExperimentName = "other" });

        var error = Assert.Throws<ArgumentException>(() => services.AddAnalysisPlan(Plans.Means()));

        Assert.StartsWith("An analysis plan for the experiment 'checkout-pricing' has already been added", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plan_in_code_that_is_wrong_stops_the_start() => Assert.StartsWith(
        "AnalysisPlan.Power of experiment 'checkout-pricing' is 3",
        Assert.Throws<OptionsValidationException>(() => Start(static services => services.AddAnalysisPlan(Plans.Conversions() with { Power = 3 }))).Message,
        StringComparison.Ordinal);

    [Fact]
    public async Task The_host_gives_plans_to_its_monitor_and_keeps_looks_in_the_file()
    {
        var file = _folder.File("looks.jsonl");
        using var host = Create(services => services.AddAnalysisPlan(Plans.Conversions(LookSchedule.FixedHorizon)).AddExperimentMonitor(options => options.LedgerFile = file));
        await host.StartAsync(TestContext.Current.CancellationToken);
        new MonitoredStream(host.Services.GetRequiredService<ExperimentMonitor>()).Declare().Expose("u1", "control");

        var verdict = await host.Services.GetRequiredService<AnalysisLooks>().LookAsync(MonitoredStream.Experiment, "ada", "all", cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(("early-look", Plans.Conversions(LookSchedule.FixedHorizon).Hash), (verdict.Reason, verdict.Look.PlanHash));
        Assert.Contains("\"by\":\"ada\"", File.ReadAllText(file), StringComparison.Ordinal);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_published_plan_reads_back_whatever_the_pipeline_shortens_and_redacts()
    {
        var plan = Plans.Conversions(LookSchedule.GroupSequential(SpendingFunction.OBrienFleming, [.. Enumerable.Range(1, 20).Select(static look => look / 20.0)])) with { Owner = "ada@example.org" };
        var time = new FakeTimeProvider(MonitoredStream.Start);
        using var host = Create(services => services
            .AddSingleton<TimeProvider>(time)
            .AddInMemoryDataBackplane()
            .AddDataBackplane(static options =>
            {
                options.MaxAttributeLength = 16;
                options.PiiRedaction.RedactFields.Add("setting:looks");
            })
            .AddAnalysisPlan(plan));
        await host.StartAsync(TestContext.Current.CancellationToken);
        new MonitoredStream(host.Services.GetRequiredService<ExperimentMonitor>()).Declare().Expose("u1", "control");
        var events = host.Services.GetRequiredService<InMemoryDataBackplane>();
        await time.AdvanceUntil(() => events.Events.Any(IsPlan));

        var reader = new ExperimentMonitor();
        reader.Observe(Assert.Single(events.Events, IsPlan), MonitoredStream.Start);

        Assert.Equal(plan.Hash, reader.Use(MonitoredStream.Experiment, static (experiment, _) => experiment.Plan.Hash));
        await host.StopAsync(TestContext.Current.CancellationToken);

        static bool IsPlan(DataPlaneEnvelope envelope) => envelope.Payload is AnalysisSignalEvent { SignalType: AnalysisSignalType.PlanDeclared };
    }

    [Theory]
    [InlineData("MaxLedgerFileSize", "4095", "Configuration value 'DataPlane:Monitor:MaxLedgerFileSize' is 4095; it must be from 4096 to 1073741824.")]
    [InlineData("LedgerFile", "/nowhere/there/looks", "HostedExperimentMonitorOptions.LedgerFile is '/nowhere/there/looks', whose folder does not exist")]
    public void The_options_of_the_ledger_are_checked(string key, string value, string message)
    {
        using var host = Create(static services => services.AddExperimentMonitor(), ("DataPlane:Monitor:" + key, value));

        Assert.StartsWith(message, Assert.ThrowsAny<Exception>(() => host.Start()).Message, StringComparison.Ordinal);
    }

    private static IReadOnlyCollection<AnalysisPlan> Start(Action<IServiceCollection> configure, params (string Key, string Value)[] section)
    {
        using var host = Create(configure, [.. section.Select(static entry => (Section + entry.Key, entry.Value))]);
        host.Start();
        return host.Services.GetRequiredService<IOptions<AnalysisPlans>>().Value.ByExperiment.Values;
    }

    private static IHost Create(Action<IServiceCollection> configure, params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(settings.Select(static entry => KeyValuePair.Create(entry.Key, (string?)entry.Value)));
        configure(builder.Services);
        return builder.Build();
    }
}
