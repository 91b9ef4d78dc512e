namespace ExperimentFramework.DataPlane.Analysis;

/// <summary>The answers to the questions of docs/how-to/analyse.md for <see cref="AnalysedEvents"/>, from the events themselves and without SQL.</summary>
internal sealed class AnalysisAnswers
{
    private readonly List<DataPlaneEnvelope> _events = [.. AnalysedEvents.All.DistinctBy(envelope => envelope.EventId)];
    private readonly List<FirstExposure> _first;

    public AnalysisAnswers() => _first =
    [
        .. Counted().GroupBy(exposure => (exposure.Event.ExperimentName, exposure.Event.SubjectId))
            .Select(exposures => exposures.OrderBy(exposure => Microseconds(exposure.Event.Timestamp)).ThenBy(exposure => exposure.Id.ToString(), StringComparer.Ordinal).First().Event)
            .Select(exposure => new FirstExposure(exposure.ExperimentName, exposure.AllocationVersion!, Arm(exposure), Subject(exposure), Microseconds(exposure.Timestamp))),
    ];

    private IEnumerable<ExposureEvent> Exposures => Payloads<ExposureEvent>().Select(exposure => exposure.Event);

    /// <summary>The rows of an answer, in order.</summary>
    public IReadOnlyList<object[]> Of(string question) => question switch
    {
        "Subjects per variant" => [.. _first
            .GroupBy(first => (first.Experiment, first.Version, first.Arm))
            .OrderBy(group => group.Key.Experiment, StringComparer.Ordinal).ThenBy(group => group.Key.Version, StringComparer.Ordinal).ThenBy(group => group.Key.Arm, StringComparer.Ordinal)
            .Select(group => new object[] { group.Key.Experiment, group.Key.Version, group.Key.Arm, (double)group.Count() })],
        "Exposures that are left out" => [.. Exposures
            .Where(exposure => exposure.SubjectId is null || exposure.AllocationVersion is null)
            .GroupBy(exposure => (exposure.ExperimentName, exposure.SelectionReason))
            .OrderBy(group => group.Key.ExperimentName, StringComparer.Ordinal).ThenBy(group => group.Key.SelectionReason, StringComparer.Ordinal)
            .Select(group => new object[] { group.Key.ExperimentName, group.Key.SelectionReason, (double)group.Count() })],
        "Sample ratio" => [["v1", ChiSquare("v1", 0.5)], ["v2", ChiSquare("v2", 0.2)]],
        "Crossovers" => [.. Counted().Select(exposure => exposure.Event)
            .GroupBy(exposure => (exposure.ExperimentName, Version: exposure.AllocationVersion!))
            .OrderBy(group => group.Key.ExperimentName, StringComparer.Ordinal).ThenBy(group => group.Key.Version, StringComparer.Ordinal)
            .Select(group => (group.Key, Subjects: group.GroupBy(Subject).ToList()))
            .Select(group => new object[] { group.Key.ExperimentName, group.Key.Version, (double)group.Subjects.Count, (double)group.Subjects.Count(subject => subject.Select(Arm).Distinct().Count() > 1) })],
        "Conversion" => [Difference(purchases => purchases.Count > 0 ? 1 : 0)],
        "Revenue per subject" => [Difference(purchases => purchases.Sum())],
        "Latency" => [.. CountedOutcomes()
            .Where(outcome => outcome is { OutcomeName: "PayAsync", Result: OutcomeResult.Success, Duration: not null })
            .GroupBy(outcome => (Version: outcome.AllocationVersion!, Arm: outcome.AssignedVariantKey ?? outcome.VariantKey))
            .OrderBy(group => group.Key.Version, StringComparer.Ordinal).ThenBy(group => group.Key.Arm, StringComparer.Ordinal)
            .Select(group => (group.Key, Durations: group.Select(outcome => outcome.Duration!.Value.TotalSeconds).Order().ToArray()))
            .Select(group => new object[] { group.Key.Version, group.Key.Arm, (double)group.Durations.Length, NearestRank(group.Durations, 0.5), NearestRank(group.Durations, 0.95) })],
        "Guardrails" => [.. CountedOutcomes()
            .Where(outcome => outcome.Result != OutcomeResult.Canceled)
            .GroupBy(outcome => (Version: outcome.AllocationVersion!, Arm: outcome.AssignedVariantKey ?? outcome.VariantKey, outcome.OutcomeName))
            .OrderBy(group => group.Key.Version, StringComparer.Ordinal).ThenBy(group => group.Key.Arm, StringComparer.Ordinal).ThenBy(group => group.Key.OutcomeName, StringComparer.Ordinal)
            .Select(group => new object[] { group.Key.Version, group.Key.Arm, group.Key.OutcomeName, (double)group.Count(), group.Average(outcome => outcome.Result == OutcomeResult.Failure ? 1.0 : 0), group.Average(outcome => outcome.AssignedVariantKey is null ? 0 : 1.0) })],
        _ => [.. new[] { (AnalysedEvents.Producer, IsFinal: 1.0), (AnalysedEvents.UnaccountedProducer, IsFinal: 0.0), (AnalysedEvents.KilledProducer, IsFinal: 0.0) }
            .SelectMany(producer => _events
                .Where(envelope => envelope.Payload is not AccountingEvent && ProducerId.Of(envelope.EventId) == producer.Item1)
                .CountBy(envelope => envelope.EventType.ToString())
                .OrderBy(count => count.Key, StringComparer.Ordinal)
                .Select(count => (producer, type: count.Key, Count: (double)count.Value)))
            .Select(row => new object[] { row.producer.Item1, row.type, row.producer.Item1 == AnalysedEvents.UnaccountedProducer ? 0.0 : row.Count, row.Count, row.producer.IsFinal })],
    };

    private static string Arm(ExposureEvent exposure) => exposure.AssignedVariantKey ?? exposure.VariantKey;

    private static (string?, string?, string?) Subject(ExposureEvent exposure) => (exposure.TenantId, exposure.SubjectType, exposure.SubjectId);

    private static long Microseconds(DateTimeOffset time) => time.UtcTicks / TimeSpan.TicksPerMicrosecond;

    private static double NearestRank(double[] sorted, double share) => sorted[(int)Math.Ceiling(share * sorted.Length) - 1];

    private IEnumerable<(Guid Id, T Event)> Payloads<T>() => _events.Where(envelope => envelope.Payload is T).Select(envelope => (envelope.EventId, (T)(object)envelope.Payload));

    private IEnumerable<(Guid Id, ExposureEvent Event)> Counted() => Payloads<ExposureEvent>().Where(exposure => exposure.Event is { SubjectId: not null, AllocationVersion: not null });

    private IEnumerable<OutcomeEvent> CountedOutcomes() => Payloads<OutcomeEvent>()
        .Select(outcome => outcome.Event)
        .Where(outcome => outcome is { ExperimentName: "checkout", SubjectId: not null, AllocationVersion: not null });

    private double ChiSquare(string version, double share)
    {
        var counted = _first.Where(first => first.Experiment == "checkout" && first.Version == version).ToList();
        var treated = counted.Count(first => first.Arm == "b");
        var (planned, rest) = (share * counted.Count, (1 - share) * counted.Count);
        return (Math.Pow(treated - planned, 2) / planned) + (Math.Pow(counted.Count - treated - rest, 2) / rest);
    }

    /// <summary>The difference of the means of two arms over the allocations that have a variance in both, weighted by their subjects, and its interval.</summary>
    private object[] Difference(Func<List<double>, double> valueOf)
    {
        var purchases = Payloads<MetricEvent>()
            .Where(metric => metric.Event.MetricName == "purchase")
            .GroupBy(metric => (metric.Event.TenantId, metric.Event.IdempotencyKey ?? metric.Id.ToString()))
            .Select(copies => copies.OrderBy(metric => metric.Event.Timestamp).ThenBy(metric => metric.Id.ToString(), StringComparer.Ordinal).First().Event)
            .ToLookup(metric => (metric.TenantId, metric.SubjectType, metric.SubjectId));
        var subjects = _first.Where(first => first.Experiment == "checkout")
            .Select(first => (first.Version, first.Arm, Value: valueOf([.. purchases[first.Subject].Where(metric => Microseconds(metric.Timestamp) >= first.Time).Select(metric => metric.Value)])))
            .ToList();
        var versions = subjects.GroupBy(subject => subject.Version)
            .Where(version => version.Count(subject => subject.Arm == "control") > 1 && version.Count(subject => subject.Arm == "b") > 1)
            .ToList();
        var (difference, variance) = (0.0, 0.0);
        foreach (var version in versions)
        {
            var weight = (double)version.Count() / versions.Sum(other => other.Count());
            var (control, treatment) = (Moments(version, "control"), Moments(version, "b"));
            difference += weight * (treatment.Mean - control.Mean);
            variance += weight * weight * (treatment.Error + control.Error);
        }

        return [difference, difference - (1.96 * Math.Sqrt(variance)), difference + (1.96 * Math.Sqrt(variance))];
    }

    private static (double Mean, double Error) Moments(IEnumerable<(string Version, string Arm, double Value)> subjects, string arm)
    {
        var values = subjects.Where(subject => subject.Arm == arm).Select(subject => subject.Value).ToList();
        var mean = values.Average();
        return (mean, values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1) / values.Count);
    }

    private sealed record FirstExposure(string Experiment, string Version, string Arm, (string?, string?, string?) Subject, long Time);
}
