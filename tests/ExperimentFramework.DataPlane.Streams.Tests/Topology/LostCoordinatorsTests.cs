using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Streams.Tests;

/// <summary>What comes again if the state of all coordinators was lost with its changelog.</summary>
public sealed class LostCoordinatorsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Subjects_and_weights_come_again_from_the_partitions_and_the_loss_is_logged()
    {
        Count(100);
        foreach (var store in Directory.GetDirectories(_folder.File("state"), ExperimentCoordinator.StoreName, SearchOption.AllDirectories))
        {
            Directory.Delete(store, recursive: true);
        }

        using var driver = Start();
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
        using var driver = Start();
        driver.GoOn();
        driver.PassTime();

        Assert.Equal(100, driver.Load(Exposures.Experiment).Subjects);
        Assert.Empty(driver.Logged("StreamCoordinatorsLost"));
    }

    private IReadOnlyList<string> Count(int subjects)
    {
        using var driver = Start("former");
        driver.Send(Exposures.Envelope(Exposures.Declaration("v1", ("control", 1), ("b", 1))));
        driver.Send(Enumerable.Range(0, subjects).Select(static subject => Exposures.Envelope(Exposures.Of($"s{subject}", subject % 2 == 0 ? "b" : "control"))));
        driver.PassTime();
        driver.Commit();

        // The driver deletes its folder at its end.
        foreach (var file in Directory.GetFiles(_folder.File("former"), "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(_folder.File("state"), Path.GetRelativePath(_folder.File("former"), file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        return driver.Logged("StreamCoordinatorsLost");
    }

    private MonitorDriver Start(string folder = "state") => new(options => options.StateFolder = _folder.File(folder));
}
