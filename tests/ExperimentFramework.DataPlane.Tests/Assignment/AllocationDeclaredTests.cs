using System.Collections;
using ExperimentFramework.DataPlane.Tests.Delivery;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Assignment;

/// <summary>Each set of weights is published once, so that a reader of the stream knows the planned split.</summary>
public sealed class AllocationDeclaredTests
{
    [Fact]
    public async Task The_weights_are_declared_once_before_the_first_exposure_that_names_their_version()
    {
        await using var fixture = DataPlaneFixture.With(
            builder => builder.Trial<IGreeter>(trial => trial.AddControl<Hello>(3).AddVariant<Bonjour>("b", 1)),
            services: services => services.AddSingleton<Hello>().AddSingleton<Bonjour>());
        for (var i = 0; i < 100; i++)
        {
            fixture.Get<IGreeter>().Greet($"u{i}");
        }

        var declared = Assert.Single(Declared(fixture));
        Assert.Same(declared, fixture.Backplane.Events[0].Payload);
        Assert.Equal((AnalysisSignalType.AllocationDeclared, SignalSeverity.Info, "greeting"), (declared.SignalType, declared.Severity, declared.ExperimentName));
        Assert.Equal(
            new Dictionary<string, object?> { ["allocationVersion"] = fixture.Exposures[0].AllocationVersion, ["weight:control"] = 3.0, ["weight:b"] = 1.0 },
            declared.Data);
    }

    [Fact]
    public async Task Weights_that_change_are_declared_again()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection().Build();
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.UsingSubjectHash(weightsSection: "Weights"), services: services => services.AddSingleton<IConfiguration>(configuration));
        foreach (var weight in new[] { "1", "2", "1", "2" })
        {
            configuration["Weights:b"] = weight;
            configuration.Reload();
            fixture.Get<IGreeter>().Greet("u1");
        }

        Assert.Equal([1.0, 2.0], Declared(fixture).Select(declared => declared.Data!["weight:b"]));
    }

    [Fact]
    public async Task A_selector_that_describes_its_weights_declares_them_and_one_that_does_not_declares_nothing()
    {
        await using var describing = DataPlaneFixture.Greeting(trial => trial.Using(new DescribingSelector()));
        await using var silent = DataPlaneFixture.Greeting(trial => trial.Using(new FixedSelector("b")));
        describing.Get<IGreeter>().Greet("u1");
        silent.Get<IGreeter>().Greet("u1");

        Assert.Equal(0.9, Assert.Single(Declared(describing)).Data!["weight:b"]);
        Assert.Empty(Declared(silent));
    }

    [Fact]
    public async Task What_could_not_be_declared_is_declared_with_a_later_exposure()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("DataPlane:EnableAnalysisSignals", "false")]).Build();
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.UsingSubjectHash(), services: services => services.AddSingleton<IConfiguration>(configuration));
        fixture.Get<IGreeter>().Greet("u1");
        Assert.Empty(Declared(fixture));

        configuration["DataPlane:EnableAnalysisSignals"] = "true";
        configuration.Reload();
        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 10; i++)
        {
            fixture.Get<IGreeter>().Greet($"v{i}");
        }

        Assert.Equal(fixture.Exposures[0].AllocationVersion, Assert.Single(Declared(fixture)).Data!["allocationVersion"]);
    }

    [Fact]
    public async Task What_could_not_be_declared_is_left_alone_for_a_second()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("DataPlane:EnableAnalysisSignals", "false")]).Build();
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.UsingSubjectHash(), services: services => services.AddSingleton<IConfiguration>(configuration));
        fixture.Get<IGreeter>().Greet("u1");
        configuration["DataPlane:EnableAnalysisSignals"] = "true";
        configuration.Reload();

        fixture.Time.Advance(TimeSpan.FromMilliseconds(999));
        GreetTwo("u2");
        Assert.Empty(Declared(fixture));
        fixture.Time.Advance(TimeSpan.FromMilliseconds(1));
        GreetTwo("u3");
        Assert.Single(Declared(fixture));

        // What is declared with an exposure comes with the next one.
        void GreetTwo(string subject)
        {
            fixture.Get<IGreeter>().Greet(subject);
            fixture.Get<IGreeter>().Greet(subject + "'s friend");
        }
    }

    [Fact]
    public async Task What_waited_for_room_in_vain_is_declared_with_a_later_exposure()
    {
        var stuck = new RecordingBackplane { Gate = new TaskCompletionSource() };
        await using var fixture = DataPlaneFixture.Queued(stuck, trial => trial.UsingSubjectHash(), FullQueue.Configure);
        await FullQueue.FillAsync(fixture);
        var greeter = fixture.Get<IGreeter>();

        await fixture.Time.AdvanceUntil(Task.Run(() => greeter.Greet("u1")));
        await fixture.Time.AdvanceUntil(() => fixture.Dropped("greeting", "", DropReasons.Timeout) == 1);
        stuck.Gate.SetResult();
        await fixture.Time.AdvanceUntil(fixture.Get<IEventPublisher>().FlushAsync().AsTask());
        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        greeter.Greet("u2");
        await fixture.Time.AdvanceUntil(fixture.Get<IEventPublisher>().FlushAsync().AsTask());

        Assert.Single(stuck.Events, envelope => envelope.Payload is AnalysisSignalEvent { SignalType: AnalysisSignalType.AllocationDeclared });
    }

    [Fact]
    public async Task Weights_that_could_not_be_read_are_declared_with_a_later_exposure()
    {
        var weights = new Dictionary<string, double> { ["control"] = 1, ["b"] = 3 };
        var changing = new Changing(weights) { IsChanging = true };
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(new Weighted(changing)));
        fixture.Get<IGreeter>().Greet("u1");
        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        fixture.Get<IGreeter>().Greet("u2");
        Assert.Empty(Declared(fixture));

        changing.IsChanging = false;
        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        fixture.Get<IGreeter>().Greet("u3");
        fixture.Get<IGreeter>().Greet("u4");

        Assert.Equal(3.0, Assert.Single(Declared(fixture)).Data!["weight:b"]);
    }

    [Fact]
    public async Task Weights_that_could_not_be_read_and_are_of_one_variant_are_no_split_later_either()
    {
        var changing = new Changing(new() { ["b"] = 1 }) { IsChanging = true };
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(new Weighted(changing)));
        fixture.Get<IGreeter>().Greet("u1");

        changing.IsChanging = false;
        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        fixture.Get<IGreeter>().Greet("u2");
        fixture.Get<IGreeter>().Greet("u3");

        Assert.Empty(Declared(fixture));
    }

    [Fact]
    public async Task A_declaration_that_cannot_be_published_is_counted_once_and_not_at_each_attempt()
    {
        await using var fixture = DataPlaneFixture.Bare(_ => { }, services => services
            .AddSingleton<Hello>().AddSingleton<Bonjour>()
            .AddExperimentFramework(experiments => experiments.WithExposureLogging().Trial<IGreeter>(trial => trial
                .AddControl<Hello>().AddVariant<Bonjour>("b").UsingSubjectHash().WithSemantics(ExposureSemantics.OnFirstUse))));
        for (var i = 0; i < 10; i++)
        {
            fixture.Get<IGreeter>().Greet($"u{i}");
            fixture.Time.Advance(TimeSpan.FromSeconds(2));
        }

        Assert.Equal(1, fixture.Dropped("greeting", "", DropReasons.NoDestination));
    }

    [Fact]
    public async Task Nothing_is_declared_where_analysis_signals_are_switched_off()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.UsingSubjectHash(), options => options.EnableAnalysisSignals = false);
        fixture.Get<IGreeter>().Greet("u1");

        Assert.Empty(Declared(fixture));
    }

    [Fact]
    public async Task One_variant_is_no_split()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(new Counting("b")));

        fixture.Get<IGreeter>().Greet("u1");

        Assert.Empty(Declared(fixture));
    }

    [Fact]
    public async Task Weights_are_declared_under_the_names_that_exposures_give_the_variants()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(new Weighted(new Dictionary<string, double> { ["CONTROL"] = 1, ["B"] = 2, ["b"] = 1, ["other"] = 4 })));

        fixture.Get<IGreeter>().Greet("u1");

        Assert.Equal("b", fixture.Exposures[0].VariantKey);
        Assert.Equal(
            new Dictionary<string, object?> { ["allocationVersion"] = "v7", ["weight:control"] = 1.0, ["weight:b"] = 3.0, ["weight:other"] = 4.0 },
            Assert.Single(Declared(fixture)).Data);
    }

    [Fact]
    public async Task Of_a_selector_that_counts_its_versions_up_the_first_thousand_are_declared()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(new Counting("control", "b")).WithSamplingRate(0));
        var greeter = fixture.Get<IGreeter>();
        for (var i = 0; i < 1_010; i++)
        {
            greeter.Greet("u1");
        }

        Assert.Equal(1_000, Declared(fixture).Count);
        Assert.Equal("v999", Declared(fixture)[^1].Data!["allocationVersion"]);
    }

    private static List<AnalysisSignalEvent> Declared(DataPlaneFixture fixture) =>
        [.. fixture.Backplane.Events.Select(envelope => envelope.Payload).OfType<AnalysisSignalEvent>()];

    private sealed class Counting(params string[] variants) : IVariantSelector
    {
        private int _version = -1;

        public VariantSelection Select(in SelectionContext context) => new("b", "rule-match", null, $"v{++_version}")
        {
            Weights = variants.ToDictionary(variant => variant, _ => 1.0),
        };
    }

    private sealed class Weighted(IReadOnlyDictionary<string, double> weights) : IVariantSelector
    {
        private readonly VariantSelection _answer = new("b", "rule-match", "flags:greeting", "v7") { Weights = weights };

        public VariantSelection Select(in SelectionContext context) => _answer;
    }

    /// <summary>Weights that somebody changes while they are read.</summary>
    private sealed class Changing(Dictionary<string, double> weights) : IReadOnlyDictionary<string, double>
    {
        public bool IsChanging { get; set; }

        public int Count => weights.Count;

        public IEnumerable<string> Keys => weights.Keys;

        public IEnumerable<double> Values => weights.Values;

        public double this[string key] => weights[key];

        public bool ContainsKey(string key) => weights.ContainsKey(key);

        public bool TryGetValue(string key, out double value) => weights.TryGetValue(key, out value);

        public IEnumerator<KeyValuePair<string, double>> GetEnumerator() =>
            IsChanging ? throw new InvalidOperationException("Collection was modified.") : weights.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    private sealed class DescribingSelector : IVariantSelector
    {
        private static readonly VariantSelection Answer = new("b", "rule-match", "flags:greeting", "v7")
        {
            Weights = new Dictionary<string, double> { ["control"] = 0.1, ["b"] = 0.9 },
        };

        public VariantSelection Select(in SelectionContext context) => Answer;
    }
}
