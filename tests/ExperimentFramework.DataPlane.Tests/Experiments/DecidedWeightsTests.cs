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
}
