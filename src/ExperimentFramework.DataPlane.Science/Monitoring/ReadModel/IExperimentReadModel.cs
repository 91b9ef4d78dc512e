namespace ExperimentFramework.DataPlane.Science;

/// <summary>What is known of the experiments at this moment, for pages, tools and APIs, whatever the events come from. Implementations are thread-safe.</summary>
public interface IExperimentReadModel
{
    /// <summary>Where the events come from, and what is not among them.</summary>
    ReadModelSource Source { get; }

    /// <summary>Takes a picture of all experiments at one moment.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The experiments, by name.</returns>
    ValueTask<ExperimentOverview> GetExperimentsAsync(CancellationToken cancellationToken = default);

    /// <summary>Takes a picture of one experiment, with its time series.</summary>
    /// <param name="experimentName">The name of the experiment.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The experiment; null if no event of it was seen.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="experimentName"/> is null.</exception>
    ValueTask<ExperimentDetail?> GetExperimentAsync(string experimentName, CancellationToken cancellationToken = default);
}
