namespace ExperimentFramework.DataPlane.Science.Tests;

/// <summary>A monitor and the stream that it watches.</summary>
internal sealed class MonitoredStream(ExperimentMonitor monitor)
{
    public const string Experiment = "checkout-pricing";
    public const string Version = "v1";

    private int _events;

    public MonitoredStream(ExperimentMonitorOptions? options = null)
        : this(new ExperimentMonitor(options))
    {
    }

    public static DateTimeOffset Start { get; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public ExperimentMonitor Monitor => monitor;

    public DateTimeOffset Now { get; set; } = Start;

    public string? KeyId { get; set; }

    public ExperimentStatus Status => Assert.Single(monitor.GetExperiments());

    public MonitoredStream Declare(string version = Version, params (string Key, double Weight)[] weights) => Declare(Experiment, version, weights);

    public MonitoredStream Declare(string experiment, string version, params (string Key, double Weight)[] weights)
    {
        Dictionary<string, object?> data = new() { ["allocationVersion"] = version };
        foreach (var (key, weight) in weights.Length == 0 ? [("control", 1), ("b", 1)] : weights)
        {
            data["weight:" + key] = weight;
        }

        Observe(new AnalysisSignalEvent
        {
            ExperimentName = experiment,
            Timestamp = Now,
            SignalType = AnalysisSignalType.AllocationDeclared,
            Severity = SignalSeverity.Info,
            Message = "Declared.",
            Data = data,
        });
        return this;
    }

    public void Expose(string? subject, string variant, string? version = Version, Func<ExposureEvent, ExposureEvent>? change = null)
    {
        var exposure = new ExposureEvent
        {
            ExperimentName = Experiment,
            Timestamp = Now,
            VariantKey = variant,
            SubjectId = subject,
            AllocationVersion = version,
            SelectionReason = SelectionReasons.HashAssignment,
        };
        Observe(change?.Invoke(exposure) ?? exposure);
    }

    /// <summary>Exposes new subjects, split by a seeded coin; some of those of b are lost.</summary>
    public void ExposeMany(int subjects, double shareOfB = 0.5, double lossOfB = 0, int seed = 1, string prefix = "s")
    {
        var random = new Random(seed);
        for (var subject = 0; subject < subjects; subject++)
        {
            var isB = random.NextDouble() < shareOfB;
            if (!isB || random.NextDouble() >= lossOfB)
            {
                Expose(prefix + subject, isB ? "b" : "control");
            }
        }
    }

    public void Observe(DataPlaneEvent payload, Guid? id = null) => monitor.Observe(
        new DataPlaneEnvelope
        {
            EventId = id ?? new Guid(++_events, 0, 0, [0, 0, 0, 0, 0, 0, 0, 1]),
            Timestamp = payload.Timestamp,
            EventType = payload.EventType,
            SchemaVersion = payload.SchemaVersion,
            Payload = payload,
            Metadata = KeyId is null ? null : new Dictionary<string, string> { ["pseudonymKeyId"] = KeyId },
        },
        Now);

    public IReadOnlyList<AnalysisSignalEvent> Evaluate()
    {
        monitor.Evaluate(Now);
        return monitor.TakeSignals();
    }

    public static AccountingEvent Account(string producer, params (string Variant, long Lost)[] drops) => new()
    {
        ExperimentName = "*",
        Timestamp = Start,
        ProducerId = producer,
        Destination = "ExperimentMonitorBackplane",
        SequenceNumber = 1,
        IntervalStart = Start,
        IntervalEnd = Start,
        IsLast = false,
        Calls = [],
        Published = [],
        Drops = [.. drops.Select(drop => new AccountedDrops { ExperimentName = Experiment, VariantKey = drop.Variant, EventType = "Exposure", Reason = "queue_full", Count = drop.Lost })],
    };
}
