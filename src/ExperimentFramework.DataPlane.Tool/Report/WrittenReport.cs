using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>A report that was written.</summary>
/// <param name="Target">Where and as what.</param>
/// <param name="Experiments">The experiments in it.</param>
/// <param name="Events">How many events it is made of.</param>
/// <param name="Unreadable">How many lines and files could not be read.</param>
internal sealed record WrittenReport(ReportTarget Target, IReadOnlyList<ExperimentStatus> Experiments, long Events, long Unreadable)
{
    /// <summary>The experiments whose comparisons cannot be trusted.</summary>
    public IReadOnlyList<ExperimentStatus> Untrustworthy { get; } = [.. Experiments.Where(static status => status.Doubt is not null)];
}
