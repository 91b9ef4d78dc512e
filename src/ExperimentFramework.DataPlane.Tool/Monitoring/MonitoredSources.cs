using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Reads sources into a monitor: merged by time, each event once.</summary>
/// <param name="console">Where standard input comes from, and the clock.</param>
/// <param name="found">What was found of the sources.</param>
/// <param name="plans">The plans of the command line.</param>
/// <param name="segments">The exposure attributes whose values are segments; null for none.</param>
internal sealed class MonitoredSources(ToolConsole console, IReadOnlyList<SourceFile> found, IReadOnlyList<AnalysisPlan> plans, IReadOnlyList<string>? segments = null)
{
    private readonly Lock _warning = new();
    private readonly FaultLog _faultsOfFollowing = new();
    private FaultLog _faults = new();

    /// <summary>Whether sources without events are no mistake, because they are followed.</summary>
    public bool IsFollowed { get; init; }

    /// <summary>The only experiment that is watched; null for all, up to those that a monitor watches.</summary>
    public string? Experiment { get; init; }

    /// <summary>How many lines and files could not be read.</summary>
    public long Unreadable => _faults.Count + _faultsOfFollowing.Count;

    /// <summary>What was read.</summary>
    public SeenEvents Seen { get; private set; } = new();

    /// <summary>Where reading of files with plain lines ended, by path.</summary>
    public IReadOnlyDictionary<string, (long Lines, long Bytes)> Ends { get; private set; } = new Dictionary<string, (long, long)>();

    /// <summary>The servers that cannot be reached while they are followed.</summary>
    public Outages Outages { get; } = new();

    /// <summary>The monitor.</summary>
    public StreamMonitor Stream { get; private set; } = new(plans, console.Time, MonitorBounds.Options([]));

    /// <summary>Reads what there is.</summary>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <exception cref="CommandException">A source cannot be read.</exception>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        var source = new EventsByTime(console, found) { IsFollowed = IsFollowed };
        (Stream, Seen) = await source.ReadAsync(ObserveAsync, cancellationToken);
        (_faults, Ends) = (source.Faults, source.Ends);
        Stream.Evaluate();
    }

    /// <summary>Warns of what could not be read, was not believed, or was not watched.</summary>
    public void WriteWarnings()
    {
        _faults.WriteWarnings(console);
        Stream.Time.WriteWarning(console);
        MonitorBounds.WriteWarnings(console, Stream.Monitor);
    }

    /// <summary>The error that there is no such experiment, after warnings that may say why.</summary>
    public CommandException NotFound(string experiment)
    {
        WriteWarnings();
        return MonitorBounds.NotFound(experiment);
    }

    private async Task<(StreamMonitor Stream, SeenEvents Seen)> ObserveAsync(IAsyncEnumerable<SourceEvent> events)
    {
        var (stream, seen) = (new StreamMonitor(plans, console.Time, MonitorBounds.Options(segments ?? [])), new SeenEvents());
        await foreach (var read in events)
        {
            if (seen.Add(read.Envelope) && (Experiment is null || !MonitorBounds.IsOfAnother(read.Envelope.Payload, Experiment)))
            {
                stream.Observe(read.Envelope);
            }
        }

        return (stream, seen);
    }

    /// <summary>Warns of what cannot be read while sources are followed, several at the same time.</summary>
    public void Warn(SourceFault fault)
    {
        lock (_warning)
        {
            _faultsOfFollowing.Add(fault);
        }

        console.WriteWarning(fault.Message);
    }

    /// <summary>Warns of plans of experiments that are not in the events.</summary>
    public void WarnOfUnusedPlans()
    {
        var experiments = Stream.Monitor.GetStates().Select(static state => state.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var plan in plans.Where(plan => !experiments.Contains(plan.ExperimentName)))
        {
            console.WriteWarning($"--plan names a plan of '{plan.ExperimentName}', and there is no such experiment in these events.");
        }
    }
}
