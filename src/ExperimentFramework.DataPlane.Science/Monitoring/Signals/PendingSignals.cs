using System.Diagnostics.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>The signals that have not been taken yet, at most 10,000. Not thread-safe.</summary>
internal sealed class PendingSignals
{
    private const int MaxSignals = 10_000;

    /// <summary>The signals, in order.</summary>
    public List<AnalysisSignalEvent> All { get; } = [];

    /// <summary>The number of signals that were dropped because they were not taken in time.</summary>
    public long Dropped { get; private set; }

    /// <summary>Drops the oldest signals if there are too many.</summary>
    public void DropExcess()
    {
        if (All.Count > MaxSignals)
        {
            Dropped += All.Count - MaxSignals;
            All.RemoveRange(0, All.Count - MaxSignals);
        }
    }

    /// <summary>Takes all signals.</summary>
    public IReadOnlyList<AnalysisSignalEvent> Take()
    {
        if (All.Count == 0)
        {
            return [];
        }

        DropExcess();
        AnalysisSignalEvent[] taken = [.. All];
        All.Clear();
        return taken;
    }

    /// <summary>Takes the first signal.</summary>
    public bool TryTake([NotNullWhen(true)] out AnalysisSignalEvent? signal)
    {
        DropExcess();
        signal = All.Count == 0 ? null : All[0];
        All.RemoveRange(0, signal is null ? 0 : 1);
        return signal is not null;
    }
}
