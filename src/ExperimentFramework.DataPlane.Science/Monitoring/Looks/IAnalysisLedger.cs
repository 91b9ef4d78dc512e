namespace ExperimentFramework.DataPlane.Science;

/// <summary>Records every look at results. Implementations must be thread-safe.</summary>
public interface IAnalysisLedger
{
    /// <summary>Records a look.</summary>
    /// <param name="look">The look.</param>
    /// <param name="cancellationToken">Cancels the wait. The look may still be recorded.</param>
    /// <returns>A task that completes when the look is stored as durably as the ledger allows.</returns>
    ValueTask RecordAsync(AnalysisLook look, CancellationToken cancellationToken = default);

    /// <summary>Reads the recorded looks.</summary>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The looks, oldest first.</returns>
    IAsyncEnumerable<AnalysisLook> ReadAsync(CancellationToken cancellationToken = default);
}
