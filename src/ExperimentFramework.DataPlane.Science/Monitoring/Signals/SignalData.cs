using System.Globalization;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>Builds an <see cref="AnalysisSignalEvent"/> of one experiment.</summary>
/// <param name="experiment">The experiment.</param>
/// <param name="type">The kind of finding.</param>
internal sealed class SignalData(MonitoredExperiment experiment, AnalysisSignalType type)
{
    private readonly OwnData _data = [];

    /// <summary>Adds a field, unless its value is null.</summary>
    public SignalData With(string name, object? value)
    {
        if (value is not null)
        {
            _data[name] = value;
        }

        return this;
    }

    /// <summary>Adds a moment, as ISO 8601 in UTC.</summary>
    public SignalData With(string name, DateTimeOffset value) => With(name, value.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));

    /// <summary>Creates the event.</summary>
    /// <param name="now">When the finding was made.</param>
    /// <param name="severity">Its severity.</param>
    /// <param name="message">The finding in words.</param>
    public AnalysisSignalEvent Create(DateTimeOffset now, SignalSeverity severity, string message) => new()
    {
        ExperimentName = experiment.Name,
        Timestamp = now,
        SignalType = type,
        Severity = severity,
        Message = message,
        Data = With(PlanDeclaration.Hash, experiment.Plan.Hash)._data,
    };
}
