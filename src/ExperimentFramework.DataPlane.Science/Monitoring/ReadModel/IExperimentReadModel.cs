namespace ExperimentFramework.DataPlane.Science;

/// <summary>Provides the current state of the experiments to pages, tools and APIs, whatever the source of the events. Implementations must be thread-safe.</summary>
public interface IExperimentReadModel
{
    /// <summary>Where the events come from, and which events are missing.</summary>
    ReadModelSource Source { get; }

    /// <summary>Takes a snapshot of all experiments.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The experiments, by name.</returns>
    ValueTask<ExperimentOverview> GetExperimentsAsync(CancellationToken cancellationToken = default);

    /// <summary>Takes a snapshot of one experiment, with its time series.</summary>
    /// <param name="experimentName">The name of the experiment.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The experiment; null if no event of it was seen.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="experimentName"/> is null.</exception>
    ValueTask<ExperimentDetail?> GetExperimentAsync(string experimentName, CancellationToken cancellationToken = default);
}
