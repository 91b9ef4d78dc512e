using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Reads sources into a monitor: merged by time, each event once.</summary>
/// <param name="console">Where standard input comes from, and the clock.</param>
/// <param name="found">What was found of the sources.</param>
/// <param name="plans">The plans of the command line.</param>
internal sealed class MonitoredSources(ToolConsole console, IReadOnlyList<SourceFile> found, IReadOnlyList<AnalysisPlan> plans)
{
    /// <summary>Whether sources without events are no mistake, because they are followed.</summary>
    public bool IsFollowed { get; init; }

    /// <summary>What could not be read.</summary>
    public FaultLog Faults { get; } = new();

    /// <summary>What was read.</summary>
    public SeenEvents Seen { get; } = new();

    /// <summary>The monitor.</summary>
    public StreamMonitor Stream { get; } = new(plans, console.Time);

    /// <summary>Reads what there is.</summary>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <exception cref="CommandException">A source cannot be read.</exception>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        await foreach (var read in new MergedSource(console, found, Faults.Add) { IsFollowed = IsFollowed }.ReadAsync(cancellationToken))
        {
            if (Seen.Add(read.Envelope))
            {
                Stream.Observe(read.Envelope);
            }
        }

        Stream.Evaluate();
    }

    /// <summary>Warns of what cannot be read while sources are followed.</summary>
    public void Warn(SourceFault fault)
    {
        Faults.Add(fault);
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
