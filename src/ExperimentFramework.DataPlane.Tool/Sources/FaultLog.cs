namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Counts what cannot be read, and keeps the first of it. Several sources may add at once.</summary>
/// <param name="max">How many are kept.</param>
internal sealed class FaultLog(int max = FaultLog.ShownFaults)
{
    private const int ShownFaults = 5;

    private readonly Lock _gate = new();
    private readonly List<SourceFault> _first = [];

    /// <summary>How many parts could not be read.</summary>
    public long Count { get; private set; }

    /// <summary>The first ones.</summary>
    public IReadOnlyList<SourceFault> First => _first;

    public void Add(SourceFault fault)
    {
        lock (_gate)
        {
            Count++;
            if (_first.Count < max)
            {
                _first.Add(fault);
            }
        }
    }

    /// <summary>Writes the first ones as warnings.</summary>
    public void WriteWarnings(ToolConsole console)
    {
        foreach (var fault in _first)
        {
            console.WriteWarning(fault.Message);
        }

        if (Count > _first.Count)
        {
            console.WriteWarning($"{NumberText.Of(Count - _first.Count)} more parts could not be read: dataplane verify lists them.");
        }
    }
}
