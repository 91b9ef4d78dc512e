using System.Globalization;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>Describes the events of this process as the source of a read model.</summary>
internal static class ProcessSource
{
    public static ReadModelSource Of(HostedExperimentMonitorOptions options)
    {
        List<string> notSeen =
        [
            options.HostCount > 1
                ? string.Create(CultureInfo.InvariantCulture, $"Events of the other {options.HostCount - 1} hosts. Verdicts take them into account; counts are those of this host.")
                : "Events of other processes.",
            string.Create(CultureInfo.InvariantCulture, $"Experiments beyond the first {options.MaxExperiments:N0}."),
        ];
        if (options.SnapshotFile is null)
        {
            notSeen.Add("Events from before this process started: no SnapshotFile is configured, so each start counts all subjects again from zero.");
        }

        return new ReadModelSource(ReadModelSourceKind.Process, "Events that this process publishes, as they happen.", [.. notSeen, .. ReadModelSource.AlwaysMissing]);
    }
}
