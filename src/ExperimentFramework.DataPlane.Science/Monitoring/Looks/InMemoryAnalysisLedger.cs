namespace ExperimentFramework.DataPlane.Science;

/// <summary>Keeps the latest looks in memory. They are lost when the process ends.</summary>
public sealed class InMemoryAnalysisLedger : IAnalysisLedger
{
    /// <summary>The number of looks that are kept. Older looks are removed.</summary>
    public const int Capacity = 10_000;

    private readonly Queue<AnalysisLook> _looks = [];

    /// <inheritdoc/>
    public ValueTask RecordAsync(AnalysisLook look, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(look);
        lock (_looks)
        {
            if (_looks.Count == Capacity)
            {
                _looks.Dequeue();
            }

            _looks.Enqueue(look);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<AnalysisLook> ReadAsync(CancellationToken cancellationToken = default)
    {
        lock (_looks)
        {
            return _looks.ToArray().ToAsyncEnumerable();
        }
    }
}
