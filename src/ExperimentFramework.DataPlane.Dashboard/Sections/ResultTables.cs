using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>The tables of one experiment that show its results, its plan, and recent events.</summary>
internal static class ResultTables
{
    public const string ReadOutsId = "readouts";

    /// <summary>The read-outs of metrics.</summary>
    /// <param name="status">The experiment.</param>
    /// <param name="withResults">Whether comparisons of variants are included. If not, only the numbers of subjects are.</param>
    public static Table ReadOuts(ExperimentStatus status, bool withResults) => new(
        ReadOutsId,
        "Outcomes and metrics",
        [
            new("metric", "Metric"), new("role", "Role"), new("variant", "Variant"), TableColumn.Count("subjects", "Subjects"), TableColumn.Count("conversions", "Conversions"), TableColumn.Significant("mean", "Mean", 6),
            TableColumn.Significant("difference", "Difference", 4), TableColumn.Significant("differenceLow", "Difference, at least", 4), TableColumn.Significant("differenceHigh", "Difference, at most", 4),
            TableColumn.Percent("lift", "Lift"), TableColumn.Percent("liftLow", "Lift, at least"), TableColumn.Percent("liftHigh", "Lift, at most"), new("pValue", "p", "G2"),
            new("lnP", "ln p", "0.00") { IsExportOnly = true }, new("state", "State"),
        ],
        [.. status.ReadOuts.SelectMany(metric => metric.Variants.Select(variant => !withResults ? Hidden(metric, variant) : new object?[]
        {
            $"{metric.Name} ({Source(metric.Source)})",
            Role(metric),
            variant.Key,
            variant.Subjects,
            IsLeftOut(status) ? null : variant.Conversions,
            IsLeftOut(status) ? null : variant.Mean,
            variant.Comparison?.Difference?.Estimate,
            variant.Comparison?.Difference?.Lower,
            variant.Comparison?.Difference?.Upper,
            variant.Comparison?.Lift?.Estimate,
            variant.Comparison?.Lift?.Lower,
            variant.Comparison?.Lift?.Upper,
            variant.Comparison?.LogPValue is { } logPValue ? SummaryTable.PValue(logPValue) : null,
            variant.Comparison?.LogPValue,
            IsLeftOut(status) ? "untrustworthy" : StateOf(metric, variant) + (variant.Comparison?.State == ReadOutState.Shown && Cautions.Obstacle(status) is { } caution ? $", with caution: {caution}" : string.Empty),
        }))])
    {
        Empty = "No outcomes or metrics of this experiment have arrived. Record outcomes of its calls, or add metrics to its plan.",
    };

    /// <summary>Returns the experiment with the results that are shown: none if comparisons cannot be trusted, in which case there is no look.</summary>
    public static ExperimentStatus Shown(ExperimentStatus status) => IsLeftOut(status) ? status with { ReadOuts = [] } : status;

    /// <summary>The data that is left out of the means of metrics.</summary>
    public static Table LeftOut(ExperimentStatus status) => new(
        "left-out",
        "Data left out of the metrics",
        [
            new("metric", "Metric"), TableColumn.Count("open", "Subjects whose window is open"), TableColumn.Count("withoutValue", "Subjects without a value"), TableColumn.Count("late", "Late values"),
            TableColumn.Count("duplicates", "Duplicate values"), TableColumn.Count("invalid", "Invalid values"), TableColumn.Percent("collected", "New subjects that are read out"),
        ],
        [.. status.ReadOuts.Select(static metric => new object?[]
        {
            $"{metric.Name} ({Source(metric.Source)})", metric.Immature, metric.WithoutValue, metric.Late, metric.Duplicates, metric.Invalid, metric.CollectedShare,
        })])
    {
        Empty = "There are no metrics.",
    };

    public static Table Plan(ExperimentStatus status) => new(
        "plan",
        "Analysis plan",
        [new("setting", "Setting"), new("value", "Value")],
        status.Plan is not { } plan ? [] :
        [
            new object?[] { "version", (long)plan.Version },
            new object?[] { "hash", plan.Hash },
            new object?[] { "owner", plan.Owner },
            new object?[] { "endsAt", plan.EndsAt },
            new object?[] { "plannedSubjects", plan.PlannedSubjects },
            new object?[] { "subjectsCounted", status.Subjects },
            .. plan.Settings.Select(static setting => new object?[] { setting.Key, setting.Value }),
        ])
    {
        Empty = "The experiment has no analysis plan.",
    };

    public static Table Signals(ExperimentDetail detail) => new(
        "signals",
        "Latest signals",
        [new("time", "Time"), new("type", "Signal"), new("severity", "Severity"), new("message", "Message")],
        [.. detail.LatestSignals.Select(static signal => new object?[] { signal.Timestamp, signal.SignalType.ToString(), signal.Severity.ToString(), signal.Message })])
    {
        Empty = "No signal has been raised since this process started monitoring.",
    };

    public static Table Events(IExperimentLinks links, ExperimentDetail detail) => new(
        "events",
        "Latest events",
        [new("arrivedAt", "Arrived"), new("type", "Event"), new("subject", "Subject"), new("variant", "Variant"), new("reason", "Reason"), new("eventId", "Id")],
        [.. detail.LatestEvents.Select(static item => Values(item))])
    {
        Empty = "No event has arrived since this process started monitoring.",
        Decorate = (row, column) => column == 5 && links.Event(detail.Status.Name, detail.LatestEvents[row].Envelope.EventId) is { } link
            ? HtmlText.Of($"<a href=\"{link}\">{detail.LatestEvents[row].Envelope.EventId.ToString("D")}</a>")
            : null,
    };

    private static object?[] Values(RecentEvent item)
    {
        var (subject, variant, reason) = item.Envelope.Payload switch
        {
            ExposureEvent exposure => (exposure.SubjectId, exposure.AssignedVariantKey ?? exposure.VariantKey, exposure.SelectionReason),
            AssignmentEvent change => (change.SubjectId, change.NewVariantKey, change.ChangeReason),
            OutcomeEvent outcome => (outcome.SubjectId, outcome.VariantKey, null),
            AnalysisSignalEvent signal => (null, null, signal.SignalType.ToString()),
            _ => ((string?)null, (string?)null, (string?)null),
        };
        return [item.ArrivedAt, item.Envelope.EventType.ToString(), subject, variant, reason, item.Envelope.EventId.ToString("D")];
    }

    /// <summary>If comparisons cannot be trusted, means are hidden as well: readers would compare means that are next to each other.</summary>
    private static bool IsLeftOut(ExperimentStatus status) => status.Doubt is not null;

    private static object?[] Hidden(MetricReadOut metric, VariantReadOut variant) =>
        [$"{metric.Name} ({Source(metric.Source)})", Role(metric), variant.Key, variant.Subjects, null, null, null, null, null, null, null, null, null, null, "not shown"];

    private static string Role(MetricReadOut metric) => metric.IsPrimary ? "primary" : metric.IsPlanned ? "planned" : "exploratory";

    private static string Source(MetricSource source) => source switch
    {
        MetricSource.Metric => "metric",
        MetricSource.OutcomeFailure => "failed calls",
        MetricSource.OutcomeDuration => "duration in ms",
        _ => "value of calls",
    };

    private static string StateOf(MetricReadOut metric, VariantReadOut variant) => variant.Comparison switch
    {
        { State: ReadOutState.Shown, Verdict: ReadOutVerdict.Higher } => "higher than " + metric.Control,
        { State: ReadOutState.Shown, Verdict: ReadOutVerdict.Lower } => "lower than " + metric.Control,
        { State: ReadOutState.Shown, Verdict: ReadOutVerdict.Undecided } => "undecided",
        { State: ReadOutState.Shown } => "shown without a verdict",
        { Missing: { } missing } => missing,
        { State: ReadOutState.Gathering } => "gathering",
        { } => "not comparable",
        null => variant.Key == metric.Control ? "control" : metric.Missing ?? "not comparable",
    };
}
