using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>Writes the parts of a report in one format, in their order.</summary>
internal interface IReportWriter
{
    /// <summary>Writes how the report was created, and the list of experiments.</summary>
    string Begin(string? madeBy, IReadOnlyList<string> commands);

    /// <summary>Writes one experiment.</summary>
    string Write(ExperimentDetail detail);

    /// <summary>Writes where the events come from.</summary>
    string End();
}
