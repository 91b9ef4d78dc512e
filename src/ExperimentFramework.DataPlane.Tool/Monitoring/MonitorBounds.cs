using System.Text.Json;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>What a monitor could not take, because its memory is bounded or its version is older than the events.</summary>
internal static class MonitorBounds
{
    /// <summary>The slots for the subjects of all experiments, and for their open windows, of 8 bytes each: 256 MiB.</summary>
    private const long SubjectSlots = 1 << 25;

    /// <summary>Whether an event belongs to another experiment, so that it need not be watched: a stream can have more of them than a monitor watches.</summary>
    public static bool IsOfAnother(DataPlaneEvent payload, string experiment) =>
        payload is ExposureEvent or OutcomeEvent or AssignmentEvent or AnalysisSignalEvent && payload.ExperimentName != experiment;

    /// <summary>The options of a monitor, whose experiments share its memory however many there are.</summary>
    /// <param name="segments">The exposure attributes whose values are segments.</param>
    public static ExperimentMonitorOptions Options(IEnumerable<string> segments)
    {
        var options = new ExperimentMonitorOptions { Memory = new SubjectMemory(SubjectSlots) };
        foreach (var segment in segments)
        {
            options.SegmentAttributes.Add(segment);
        }

        return options;
    }

    /// <summary>The error that there is no such experiment.</summary>
    public static CommandException NotFound(string experiment) => new($"There is no experiment '{experiment}' in these events: dataplane inspect lists those there are.");

    /// <summary>Warns of what was not taken.</summary>
    public static void WriteWarnings(ToolConsole console, ExperimentMonitor monitor)
    {
        if (monitor.IgnoredEvents > 0)
        {
            console.WriteWarning(
                $"{NumberText.Of(monitor.IgnoredEvents, "event belongs", "events belong")} to experiments beyond the first {NumberText.Of(monitor.GetExperiments().Count)}, which were not looked at. Name the one you mean with --experiment.");
        }

        if (monitor.UnknownEvents > 0)
        {
            console.WriteWarning($"{NumberText.Of(monitor.UnknownEvents, "event has", "events have")} a category, or a plan, that this version does not know. They were not counted: use the version of the command that knows them.");
        }
    }

    /// <summary>Writes how much was not taken.</summary>
    public static void Write(Utf8JsonWriter json, ExperimentMonitor monitor)
    {
        json.WriteNumber("ignoredEvents", monitor.IgnoredEvents);
        json.WriteNumber("unknownEvents", monitor.UnknownEvents);
    }
}
