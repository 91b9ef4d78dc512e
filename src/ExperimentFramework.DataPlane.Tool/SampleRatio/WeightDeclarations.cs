namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Declares the weights of the command line to a monitor, in the place of those in the stream, for every version of the weights that is met.</summary>
/// <param name="weights">The weights.</param>
internal sealed class WeightDeclarations(IEnumerable<DeclaredWeights> weights)
{
    /// <summary>A monitor counts no more versions of an experiment.</summary>
    public const int MaxVersions = 4_096;

    private readonly Dictionary<string, DeclaredWeights> _weights = weights.ToDictionary(static declared => declared.Experiment, StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _declared = new(StringComparer.Ordinal);

    /// <summary>The experiments whose weights were declared, but of which no exposure was met.</summary>
    public IEnumerable<string> Unused => _weights.Keys.Where(experiment => !_declared.ContainsKey(experiment));

    /// <summary>Whether the event is a declaration that those of the command line replace.</summary>
    public bool Replaces(DataPlaneEvent payload) =>
        _weights.Count > 0 && payload is AnalysisSignalEvent { SignalType: AnalysisSignalType.AllocationDeclared } && _weights.ContainsKey(payload.ExperimentName);

    /// <summary>The declaration that has to come before an event; null if there is none, or it came already.</summary>
    public DataPlaneEnvelope? Before(DataPlaneEnvelope envelope)
    {
        if (_weights.Count == 0
            || envelope.Payload is not ExposureEvent { AllocationVersion: { } version } exposure
            || !_weights.TryGetValue(exposure.ExperimentName, out var declared)
            || !IsNew(exposure.ExperimentName, version))
        {
            return null;
        }

        var data = new Dictionary<string, object?> { ["allocationVersion"] = version };
        foreach (var (variant, weight) in declared.Weights)
        {
            data["weight:" + variant] = weight;
        }

        var signal = new AnalysisSignalEvent
        {
            ExperimentName = exposure.ExperimentName,
            Timestamp = exposure.Timestamp,
            SignalType = AnalysisSignalType.AllocationDeclared,
            Severity = SignalSeverity.Info,
            Message = "Declared on the command line.",
            Data = data,
        };
        return new DataPlaneEnvelope
        {
            EventId = Guid.Empty,
            Timestamp = signal.Timestamp,
            EventType = signal.EventType,
            SchemaVersion = signal.SchemaVersion,
            Payload = signal,
        };
    }

    private bool IsNew(string experiment, string version)
    {
        if (!_declared.TryGetValue(experiment, out var versions))
        {
            versions = new HashSet<string>(StringComparer.Ordinal);
            _declared.Add(experiment, versions);
        }

        return versions.Count < MaxVersions && versions.Add(version);
    }
}
