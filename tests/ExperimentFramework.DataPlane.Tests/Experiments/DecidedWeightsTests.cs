using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Experiments;

/// <summary>Exposures of decisions made elsewhere declare the weights of the split, so that its sample ratio can be tested.</summary>
public sealed class DecidedWeightsTests
{
    private static readonly Dictionary<string, double> Weights = new() { ["on"] = 10, ["off"] = 90 };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Weights_are_declared_once_and_the_version_of_the_exposures_follows_from_them()
    {
        await using var fixture = Bare();
        var recorder = fixture.Get<IExposureRecorder>();

        Assert.True(await recorder.RecordAsync(Decided("u1") with { Weights = Weights }, Token));
        Assert.True(await recorder.RecordAsync(Decided("u2") with { VariantKey = "off", Weights = Weights }, Token));
        Assert.True(await recorder.RecordAsync(Decided("u3") with { Weights = new Dictionary<string, double> { ["off"] = 90, ["on"] = 10 } }, Token));

        var declared = Assert.Single(Declared(fixture));
        var version = Assert.IsType<string>(declared.Data!["allocationVersion"]);
        Assert.Equal(("flag", 10.0, 90.0), (declared.ExperimentName, declared.Data["weight:on"], declared.Data["weight:off"]));
        Assert.Equal([version, version, version], fixture.Exposures.Select(exposure => exposure.AllocationVersion));
    }

    [Fact]
    public async Task Other_weights_are_another_version_and_the_first_ones_again_are_the_first_version()
    {
        await using var fixture = Bare();
        var recorder = fixture.Get<IExposureRecorder>();
        var even = new Dictionary<string, double> { ["on"] = 1, ["off"] = 1 };

        foreach (var (weights, number) in new[] { Weights, even, Weights }.Select((weights, number) => (weights, number)))
        {
            await recorder.RecordAsync(Decided($"u{number}") with { Weights = weights }, Token);
        }

        var versions = fixture.Exposures.Select(exposure => exposure.AllocationVersion).ToList();
        Assert.Equal(versions[0], versions[2]);
        Assert.NotEqual(versions[0], versions[1]);
        Assert.Equal(versions.Take(2), Declared(fixture).Select(signal => signal.Data!["allocationVersion"]));
    }

    [Fact]
    public async Task A_version_that_is_given_is_kept_and_declared_with_the_weights()
    {
        await using var fixture = Bare();
        var recorder = fixture.Get<IExposureRecorder>();

        await recorder.RecordAsync(Decided("u1") with { AllocationVersion = "r7", Weights = Weights }, Token);
        await recorder.RecordAsync(Decided("u2") with { AllocationVersion = "r8", Weights = Weights }, Token);

        Assert.Equal(["r7", "r8"], fixture.Exposures.Select(exposure => exposure.AllocationVersion));
        Assert.Equal(["r7", "r8"], Declared(fixture).Select(signal => signal.Data!["allocationVersion"]));
    }

    [Fact]
    public async Task Without_weights_nothing_is_declared_and_a_subject_that_was_not_assigned_at_random_has_no_version()
    {
        await using var fixture = Bare();

        await fixture.Get<IExposureRecorder>().RecordAsync(Decided("u1") with { Weights = Weights }, Token);
        await fixture.Get<IExposureRecorder>().RecordAsync(Decided("tester"), Token);

        Assert.Null(fixture.Exposures[1].AllocationVersion);
        Assert.Single(Declared(fixture));
    }

    [Fact]
    public async Task The_keys_of_a_registered_experiments_weights_are_spelt_as_its_variants_are()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(new FixedSelector("b")));

        await fixture.Get<IExposureRecorder>().RecordAsync(
            Decided("u1") with { ExperimentName = "greeting", VariantKey = "B", Weights = new Dictionary<string, double> { ["B"] = 1, ["CONTROL"] = 3 } }, Token);

        Assert.Equal(["allocationVersion", "weight:b", "weight:control"], Assert.Single(Declared(fixture)).Data!.Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(double.NaN, 1, "has NaN for variant 'on'; it must be a finite number of zero or more.")]
    [InlineData(-1, 1, "has -1 for variant 'on'; it must be a finite number of zero or more.")]
    [InlineData(double.PositiveInfinity, 1, "for variant 'on'; it must be a finite number of zero or more.")]
    [InlineData(0, 0, "DecidedExposure.Weights of experiment 'flag' has no weight above 0.")]
    public async Task Invalid_weights_are_an_error_that_names_them_and_nothing_is_recorded(double on, double off, string message)
    {
        await using var fixture = Bare();

        var refusal = await Assert.ThrowsAsync<ArgumentException>(async () => await fixture.Get<IExposureRecorder>().RecordAsync(
            Decided("u1") with { Weights = new Dictionary<string, double> { ["on"] = on, ["off"] = off } }, Token));

        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
        Assert.Equal("exposure", refusal.ParamName);
        Assert.Empty(fixture.Backplane.Events);
    }

    [Theory]
    [InlineData("b", "dynamc", "has a weight for variant 'dynamc', which does not exist. Use one of: control, b.")]
    [InlineData("b", "", "has a weight for variant '', which is empty. Correct the key.")]
    [InlineData("b", "a\n", "which begins or ends with white space. Correct the key.")]
    [InlineData("b", "control", "has no weight above 0 for 'b', which was served. Pass null for a subject that was not assigned at random.")]
    public async Task Weights_of_a_registered_experiment_are_those_of_its_variants(string served, string weighted, string message)
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(new FixedSelector("b")));

        var refusal = await Assert.ThrowsAsync<ArgumentException>(async () => await fixture.Get<IExposureRecorder>().RecordAsync(
            Decided("u1") with { ExperimentName = "greeting", VariantKey = served, Weights = new Dictionary<string, double> { ["control"] = 1, [weighted] = 1 } }, Token));

        Assert.StartsWith("DecidedExposure.Weights of experiment 'greeting' ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
        Assert.Empty(fixture.Backplane.Events);
    }

    [Fact]
    public async Task Weights_of_another_experiment_have_valid_keys_of_which_there_are_at_most_a_thousand()
    {
        await using var fixture = Bare();
        var recorder = fixture.Get<IExposureRecorder>();
        var many = Enumerable.Range(0, 1_001).ToDictionary(number => $"v{number}", _ => 1.0);

        foreach (var (weights, message) in new[]
        {
            (new Dictionary<string, double> { ["on"] = 1, ["o\u0007ff"] = 1 }, "contains a control character"),
            (many, "has more than 1000 weights"),
        })
        {
            var refusal = await Assert.ThrowsAsync<ArgumentException>(async () => await recorder.RecordAsync(Decided("u1") with { Weights = weights }, Token));
            Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
        }

        Assert.Empty(fixture.Backplane.Events);
    }

    [Fact]
    public async Task A_variant_without_a_weight_is_an_error_when_its_weights_have_been_declared_too()
    {
        await using var fixture = Bare();
        var recorder = fixture.Get<IExposureRecorder>();
        await recorder.RecordAsync(Decided("u1") with { Weights = Weights }, Token);

        await Assert.ThrowsAsync<ArgumentException>(async () => await recorder.RecordAsync(Decided("u2") with { VariantKey = "other", Weights = Weights }, Token));
    }

    [Fact]
    public async Task Weights_that_cannot_be_read_are_unknown_this_time()
    {
        await using var fixture = Bare();
        var recorder = fixture.Get<IExposureRecorder>();

        Assert.True(await recorder.RecordAsync(Decided("u1") with { Weights = new Throwing() }, Token));
        Assert.True(await recorder.RecordAsync(Decided("u2") with { Weights = Weights }, Token));

        Assert.Null(fixture.Exposures[0].AllocationVersion);
        Assert.NotNull(fixture.Exposures[1].AllocationVersion);
        Assert.Single(Declared(fixture));
    }

    [Fact]
    public async Task The_same_weights_again_allocate_nothing()
    {
        await using var fixture = Bare(options => options.ExposureSemantics = ExposureSemantics.OnFirstUse);
        var recorder = fixture.Get<IExposureRecorder>();
        var exposure = Decided("u1") with { Weights = Weights };
        await recorder.RecordAsync(exposure, Token);
        Record();

        var before = GC.GetAllocatedBytesForCurrentThread();
        Record();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Record()
        {
            for (var i = 0; i < 100; i++)
            {
                var recording = recorder.RecordAsync(exposure, CancellationToken.None);
                Assert.True(recording.IsCompletedSuccessfully && !recording.Result);
            }
        }
    }

    private static DecidedExposure Decided(string subject) => new() { ExperimentName = "flag", VariantKey = "on", SubjectId = subject };

    private static IEnumerable<AnalysisSignalEvent> Declared(DataPlaneFixture fixture) => fixture.Backplane.Events
        .Select(envelope => envelope.Payload).OfType<AnalysisSignalEvent>().Where(signal => signal.SignalType == AnalysisSignalType.AllocationDeclared);

    private static DataPlaneFixture Bare(Action<DataPlaneOptions>? options = null) =>
        DataPlaneFixture.Bare(options ?? (_ => { }), services => services.AddInMemoryDataBackplane());

    /// <summary>Weights that the caller changes while they are read.</summary>
    private sealed class Throwing : IReadOnlyDictionary<string, double>
    {
        public IEnumerable<string> Keys => throw new InvalidOperationException("modified");

        public IEnumerable<double> Values => throw new InvalidOperationException("modified");

        public int Count => 2;

        public double this[string key] => throw new InvalidOperationException("modified");

        public bool ContainsKey(string key) => throw new InvalidOperationException("modified");

        public bool TryGetValue(string key, out double value) => throw new InvalidOperationException("modified");

        public IEnumerator<KeyValuePair<string, double>> GetEnumerator() => throw new InvalidOperationException("modified");

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
