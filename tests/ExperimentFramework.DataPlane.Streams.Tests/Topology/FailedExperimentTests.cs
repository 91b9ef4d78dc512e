namespace ExperimentFramework.DataPlane.Streams.Tests;

/// <summary>What the monitor counts when an experiment fails.</summary>
public sealed class FailedExperimentTests : IDisposable
{
    private readonly KeptState _state = new();

    public void Dispose() => _state.Dispose();

    [Fact]
    public void Evaluations_that_fail_again_and_again_are_logged_once_and_count_no_events()
    {
        _state.Write(static driver =>
        {
            driver.Send(Exposures.Envelope(Exposures.Of("u1", "b")));
            driver.PassTime();
            var experiment = driver.Load(Exposures.Experiment);
            for (var signal = 0; signal < 3; signal++)
            {
                // No version of today reads it when it is to be sent.
                experiment.Outbox.Add(Exposures.Reset() with { SchemaVersion = "99.0.0" });
            }

            driver.Coordinators.Put(Exposures.Experiment, experiment);
        });

        using var driver = _state.GoOn();
        driver.Monitor.OnRestored(InternalTopics.ExperimentsStore, 0);
        driver.PassTime();

        Assert.Single(driver.Logged("StreamExperimentFailed"));
        Assert.Equal([Exposures.Experiment], driver.Monitor.Failed);
        Assert.Equal(0, driver.Monitor.FailedEvents);
    }
}
