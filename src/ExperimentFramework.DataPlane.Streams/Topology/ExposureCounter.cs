using System.Text;
using System.Text.Json;
using ExperimentFramework.DataPlane.Kafka;
using ExperimentFramework.DataPlane.Science;
using Streamiz.Kafka.Net.Processors.Public;
using Streamiz.Kafka.Net.State;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>
/// The first step of the topology, one for each partition of the events: counts exposures, and sends what was counted, and the events that say what is to be expected, to the coordinators of their experiments.
/// </summary>
/// <param name="monitor">What all steps share.</param>
internal sealed class ExposureCounter(StreamsMonitor monitor) : ITransformer<byte[], byte[], string, byte[]>
{
    /// <summary>How often a partition looks whether a report is due.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private readonly RepeatedJson _repeated = new();

    private ProcessorContext<string, byte[]> _context = null!;
    private PartitionCounter? _counter;
    private bool _isUnreported;
    private DateTimeOffset _reportedAt;

    /// <summary>The engine demands it, and uses the other one.</summary>
    public ExposureCounter()
        : this(null!)
    {
    }

    public void Init(ProcessorContext<string, byte[]> context)
    {
        _context = context;
        _counter = null;
        monitor.TakeRestored(InternalTopics.SubjectsStore, context.Id.Partition);
        context.Schedule(Tick, PunctuationType.PROCESSING_TIME, _ => ReportIfDue());
    }

    public Record<string, byte[]>? Process(Record<byte[], byte[]> record)
    {
        // The store is restored after Init, and before the first message.
        _counter ??= TakeOver();
        DataPlaneEnvelope envelope;
        try
        {
            envelope = EventMessageReader.EnvelopeOf(record.Headers, record.Value ?? throw new JsonException("It has no value."), _repeated);
        }
        catch (JsonException exception)
        {
            monitor.OnUnreadable(record.TopicPartitionOffset, exception);
            return null;
        }

        try
        {
            Observe(envelope, record.Key);
        }
        catch (Exception exception) when (EngineFaults.IsOfEvent(exception))
        {
            // The offset would never be committed, and each instance that takes the partition over would fail at the same event.
            monitor.OnFailedEvent(BoundedName.OfExperiment(envelope.Payload.ExperimentName), exception);
        }

        if (monitor.IsStopping)
        {
            ReportIfDue();
        }

        return null;
    }

    public void Close() => SetUnreported(false);

    private void Observe(DataPlaneEnvelope envelope, byte[] key)
    {
        switch (envelope.Payload)
        {
            case ExposureEvent exposure:
                if (_counter!.TryCount(exposure, KeyIdOf(envelope), exposure.SubjectId is { Length: > 0 } subject && key.AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(subject))))
                {
                    SetUnreported(true);
                }
                else
                {
                    monitor.OnIgnored();
                }

                break;
            case AssignmentEvent change:
                _counter!.Observe(change, KeyIdOf(envelope));
                SetUnreported(true);
                break;
            case UnknownEvent:
                monitor.OnUnknown();
                break;
            default:
                foreach (var (experiment, part) in CoordinatorMessage.Of(envelope))
                {
                    var message = CoordinatorMessage.ToBytes(part);
                    if (part.Payload is AnalysisSignalEvent { SignalType: AnalysisSignalType.AllocationDeclared } declaration)
                    {
                        _counter!.Declarations.Keep(declaration, message);
                    }

                    Forward(experiment, message, "An event");
                }

                break;
        }
    }

    /// <summary>Counts what the store holds, and reports it: whoever had the partition before may not have reported all of it, and the coordinators may have lost their state.</summary>
    private PartitionCounter TakeOver()
    {
        SetUnreported(true);
        var counter = new PartitionCounter((IKeyValueStore<byte[], byte[]>)_context.GetStateStore(InternalTopics.SubjectsStore), monitor.Options);
        foreach (var (experiment, fault) in counter.Damaged)
        {
            monitor.OnFault(experiment, fault);
        }

        foreach (var (experiment, message) in counter.Declarations.TakeAll(monitor.Now))
        {
            Forward(experiment, message, "An event");
        }

        return counter;
    }

    private void ReportIfDue()
    {
        if (_counter is null && monitor.TakeRestored(InternalTopics.SubjectsStore, _context.Id.Partition))
        {
            _counter = TakeOver();
        }

        // Without a sign: a clock that is set back must delay no report.
        var now = monitor.Now;
        if (!_isUnreported || ((now - _reportedAt).Duration() < monitor.Options.ReportInterval && !monitor.IsStopping))
        {
            return;
        }

        _reportedAt = now;
        foreach (var (experiment, report) in _counter!.TakeReports(_context.Id.Partition))
        {
            // The coordinator may have moved and lost its state since, of which this partition is not notified.
            foreach (var declaration in _counter.Declarations.TakeDue(experiment, now))
            {
                Forward(experiment, declaration, "An event");
            }

            foreach (var part in ReportFormat.Split(report, MessageSize.OfReport(monitor.Options)))
            {
                Forward(experiment, CoordinatorMessage.ToBytes(part), "A report");
            }
        }

        SetUnreported(false);
    }

    private void Forward(string experiment, byte[] message, string what)
    {
        if (message.Length <= MessageSize.Largest(monitor.Options))
        {
            _context.Forward(experiment, message);
        }
        else
        {
            monitor.OnTooLarge($"{what} of {experiment}", message.Length);
        }
    }

    private void SetUnreported(bool isUnreported)
    {
        if (_isUnreported != isUnreported)
        {
            _isUnreported = isUnreported;
            monitor.OnUnreported(isUnreported);
        }
    }

    private static string? KeyIdOf(DataPlaneEnvelope envelope) => envelope.Metadata?.GetValueOrDefault("pseudonymKeyId") is { } keyId ? BoundedName.Of(keyId) : null;
}
