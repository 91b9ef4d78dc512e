using System.Runtime.CompilerServices;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>Passes the events of a stream to their experiments. An experiment that fails at an event does not affect the others. Not thread-safe.</summary>
internal sealed class EventObserver(WatchedExperiments experiments, PendingSignals signals, ExperimentFaults faults)
{
    /// <summary>The evidence is computed after at most this many new subjects.</summary>
    private const int EvaluationSubjects = 256;

    private readonly LossReports _losses = new(faults);

    /// <summary>The events with a category or a plan that this version cannot read.</summary>
    public long UnknownEvents { get; private set; }

    /// <summary>Processes an event.</summary>
    /// <param name="envelope">The event.</param>
    /// <param name="now">The time of processing. Passed by reference, because copying it from registers to memory makes the processor wait at each exposure.</param>
    public void Observe(DataPlaneEnvelope envelope, in DateTimeOffset now)
    {
        try
        {
            Process(envelope, now);
        }
        catch (Exception exception)
        {
            // If the exception reached the pipeline, the pipeline would redeliver the batch, and the same event would fail again.
            faults.AddEvent(BoundedName.OfExperiment(envelope.Payload.ExperimentName), exception);
        }
    }

    private void Process(DataPlaneEnvelope envelope, in DateTimeOffset now)
    {
        if (envelope.Payload is not ExposureEvent exposure)
        {
            ProcessOther(envelope, now);
        }
        else if (experiments.TryGet(exposure.ExperimentName, out var watched))
        {
            Process(envelope, exposure, watched, now);
        }
    }

    /// <summary>Processes an event other than an exposure. Not inlined: nearly all events are exposures, and clearing the large stack frame of the other cases would take longer than they do.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ProcessOther(DataPlaneEnvelope envelope, in DateTimeOffset now)
    {
        switch (envelope.Payload)
        {
            case OutcomeEvent outcome when experiments.TryGet(outcome.ExperimentName, out var watched):
                watched.Experiment.Observe(outcome, KeyIdOf(envelope), envelope.EventId, now);
                watched.History.Observe(envelope, outcome.SubjectId, now);
                break;
            case MetricEvent metric:
                Process(envelope, metric, now);
                break;
            case AssignmentEvent change when experiments.TryGet(change.ExperimentName, out var watched):
                watched.Experiment.Observe(change, KeyIdOf(envelope));
                watched.History.Observe(envelope, change.SubjectId, now);
                break;
            case AnalysisSignalEvent { SignalType: AnalysisSignalType.Custom } finding when experiments.TryGet(finding.ExperimentName, out var watched):
                watched.History.AddSignal(finding);
                break;
            case AnalysisSignalEvent { SignalType: AnalysisSignalType.AllocationDeclared } declaration when experiments.TryGet(declaration.ExperimentName, out var watched):
                AllocationDeclaration.Apply(declaration, watched.Experiment);
                watched.History.Observe(envelope, subjectId: null, now);
                break;
            case AnalysisSignalEvent { SignalType: AnalysisSignalType.PlanDeclared } declaration when experiments.TryGet(declaration.ExperimentName, out var watched):
                UnknownEvents += ConfiguredPlans.TryFollow(declaration, watched.Experiment) ? 0 : 1;
                experiments.SetReaders(watched.Experiment);
                watched.History.Observe(envelope, subjectId: null, now);
                break;
            case AccountingEvent account:
                _losses.Add(account, experiments.All.Select(static watched => watched.Experiment), now);
                break;
            case ErrorEvent { Data: { } loss }:
                _losses.Add(envelope.EventId, loss, name => experiments.Find(name)?.Experiment);
                break;
            case UnknownEvent:
                UnknownEvents++;
                break;
            default:
                break;
        }
    }

    private void Process(DataPlaneEnvelope envelope, ExposureEvent exposure, WatchedExperiment watched, in DateTimeOffset now)
    {
        watched.Advance(now);
        watched.Experiment.Received.Add(envelope.EventId);
        watched.Experiment.Observe(exposure, KeyIdOf(envelope), now, envelope.EventId);
        watched.History.Observe(envelope, exposure, now);
        if (watched.Experiment.LatestRun is { NewSubjects: >= EvaluationSubjects } run)
        {
            // Reset first, so that a failing evaluation is not repeated with each exposure.
            run.NewSubjects = 0;
            watched.Evaluate(now, signals.All);
            ReadOutReader.Look(watched.Experiment);
            signals.DropExcess();
        }
    }

    private void Process(DataPlaneEnvelope envelope, MetricEvent metric, DateTimeOffset now)
    {
        foreach (var experiment in experiments.ReadersOf(metric.MetricName))
        {
            try
            {
                experiment.Observe(metric, KeyIdOf(envelope), envelope.EventId, now);
            }
            catch (Exception exception)
            {
                faults.AddEvent(experiment.Name, exception);
            }
        }
    }

    private static string? KeyIdOf(DataPlaneEnvelope envelope) =>
        envelope.Metadata is { } metadata && metadata.TryGetValue("pseudonymKeyId", out var keyId) ? BoundedName.Of(keyId) : null;
}
