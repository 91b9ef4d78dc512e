namespace ExperimentFramework.DataPlane.Science;

/// <summary>Keeps every look at results. Implementations are thread-safe.</summary>
public interface IAnalysisLedger
{
    /// <summary>Records a look.</summary>
    /// <param name="look">The look.</param>
    /// <param name="cancellationToken">Cancels the wait; the look may have been recorded all the same.</param>
    /// <returns>A task that completes once the look is kept as safely as the ledger can.</returns>
    ValueTask RecordAsync(AnalysisLook look, CancellationToken cancellationToken = default);

    /// <summary>Reads the looks that are kept.</summary>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The looks, the oldest first.</returns>
    IAsyncEnumerable<AnalysisLook> ReadAsync(CancellationToken cancellationToken = default);
}
