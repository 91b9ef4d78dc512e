using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Streams.Tests;

/// <summary>What coordinators know when they go on from their state, and what comes again if all of it was lost with its changelog.</summary>
public sealed class LostCoordinatorsTests : IDisposable
{
    private readonly KeptState _state = new();

    public void Dispose() => _state.Dispose();

    [Fact]
    public void Subjects_and_weights_come_again_from_the_partitions_and_the_loss_is_logged()
    {
        Count(100);
        _state.Lose(InternalTopics.ExperimentsStore);

        using var driver = _state.GoOn();
        driver.GoOn();
        driver.PassTime();
        driver.PassTime(TimeSpan.FromMinutes(2));

        Assert.Equal((100, ExperimentState.Healthy), (driver.Load(Exposures.Experiment).Subjects, driver.Load(Exposures.Experiment).State));
        Assert.Empty(driver.TakeSignals());
        driver.Send(Enumerable.Range(0, 300).Select(static subject => Exposures.Envelope(Exposures.Of($"more{subject}", "b"))));
        driver.PassTime();
        Assert.Contains(driver.TakeSignals(), static signal => MonitorDriver.Signal(signal).SignalType == AnalysisSignalType.SampleRatioMismatch);
        Assert.Contains("partition 0", Assert.Single(driver.Logged("StreamCoordinatorsLost")), StringComparison.Ordinal);
    }

    [Fact]
    public void Coordinators_that_begin_or_go_on_have_lost_nothing()
    {
        Assert.Empty(Count(100));
        using var driver = _state.GoOn();
        driver.GoOn();
        driver.PassTime();

        Assert.Equal(100, driver.Load(Exposures.Experiment).Subjects);
        Assert.Empty(driver.Logged("StreamCoordinatorsLost"));
    }

    [Fact]
    public void Of_the_names_that_only_declarations_name_the_oldest_goes_first_also_for_coordinators_that_go_on()
    {
        _state.Write(static driver =>
        {
            Declare(driver, "z");
            driver.PassTime();
            Declare(driver, "a");
        });

        using var driver = _state.GoOn(static options => options.MaxExperiments = 2);
        Assert.Equal(["a", "z"], driver.Kept);
        Declare(driver, "m");

        Assert.Equal(["a", "m"], driver.Kept);
    }

    [Fact]
    public void An_experiment_whose_weights_are_known_is_ignored_if_it_is_exposed_after_as_many_others_as_may_be()
    {
        _state.Write(static driver =>
        {
            Declare(driver, "late");
            driver.Send(Exposures.Envelope(Exposures.Of("u1", "b") with { ExperimentName = "first" }));
            driver.Send(Exposures.Envelope(Exposures.Of("u1", "b") with { ExperimentName = "second" }));
            driver.PassTime();
        });
        _state.Lose(InternalTopics.SubjectsStore);

        using var driver = _state.GoOn(static options => options.MaxExperiments = 2);
        driver.Send(Exposures.Envelope(Exposures.Of("u1", "b") with { ExperimentName = "late" }));
        driver.PassTime();

        Assert.Equal(["first", "second"], driver.Monitored.Keys.Order());
        Assert.Equal(1, driver.Monitor.Ignored);
    }

    private static void Declare(MonitorDriver driver, string experiment) =>
        driver.Send(Exposures.Envelope(Exposures.Declaration("v1", ("control", 1), ("b", 1)) with { ExperimentName = experiment }));

    private IReadOnlyList<string> Count(int subjects)
    {
        IReadOnlyList<string> logged = [];
        _state.Write(driver =>
        {
            Declare(driver, Exposures.Experiment);
            driver.Send(Enumerable.Range(0, subjects).Select(static subject => Exposures.Envelope(Exposures.Of($"s{subject}", subject % 2 == 0 ? "b" : "control"))));
            driver.PassTime();
            logged = driver.Logged("StreamCoordinatorsLost");
        });
        return logged;
    }
}
