using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Copies the values of an application's event when it is published: later changes by the application, in a dictionary or an array at any depth, have no
/// effect, however long the event waits. Values are bounded in the same way as those of calls, and subjects are the same as theirs.
/// </summary>
internal static class PublishedEvent
{
    /// <summary>Checks that an application's event can be published.</summary>
    /// <exception cref="ArgumentNullException">The event is null.</exception>
    /// <exception cref="ArgumentException">The event cannot be published.</exception>
    public static void Require([NotNull] DataPlaneEvent? dataPlaneEvent)
    {
        ArgumentNullException.ThrowIfNull(dataPlaneEvent);
        var error = NameError(dataPlaneEvent) ?? NullText(dataPlaneEvent) ?? dataPlaneEvent switch
        {
            UnknownEvent => "An event of an unknown category cannot be published, because unknown event types cannot be switched off or redacted.",
            AccountingEvent => "An AccountingEvent cannot be published, because only the pipeline itself can count what it publishes.",
            MetricEvent metric => MetricRules.NameError(metric.MetricName ?? "") ?? MetricRules.ValueError(metric.MetricName!, metric.Value)
                ?? MetricRules.DetailsError(metric.MetricName!, metric.Unit, metric.IdempotencyKey, metric.Timestamp),
            ExposureEvent or OutcomeEvent or AssignmentEvent when dataPlaneEvent.ExperimentName == ExperimentNames.All =>
                $"The {nameof(DataPlaneEvent.ExperimentName)} '{ExperimentNames.All}' of the {dataPlaneEvent.GetType().Name} is reserved for events that belong to no single experiment. Use the name of one experiment.",
            ExposureEvent { SamplingRate: not (> 0 and <= 1) } exposure => string.Create(
                CultureInfo.InvariantCulture,
                $"The {nameof(exposure.SamplingRate)} of an ExposureEvent of experiment '{exposure.ExperimentName}' is {exposure.SamplingRate}; it must be above 0 and at most 1. Set it to the share of subjects whose exposures are recorded."),
            _ when dataPlaneEvent.Timestamp < DateTimeOffset.UnixEpoch => string.Create(
                CultureInfo.InvariantCulture,
                $"The Timestamp of an {dataPlaneEvent.GetType().Name} of experiment '{dataPlaneEvent.ExperimentName}' is {dataPlaneEvent.Timestamp.UtcDateTime:O}; it must not be before 1970. Set it to when the event happened."),
            _ => null,
        };
        if (error is not null)
        {
            throw new ArgumentException(error, nameof(dataPlaneEvent));
        }
    }

    /// <summary>Accounts, metrics and logs have a row for each experiment and variant, so that names are bounded here as they are where experiments are registered.</summary>
    private static string? NameError(DataPlaneEvent dataPlaneEvent) => NameError(dataPlaneEvent, nameof(DataPlaneEvent.ExperimentName), dataPlaneEvent.ExperimentName)
        ?? dataPlaneEvent switch
        {
            ExposureEvent exposure => NameError(exposure, nameof(exposure.VariantKey), exposure.VariantKey)
                ?? NameError(exposure, nameof(exposure.AssignedVariantKey), exposure.AssignedVariantKey ?? exposure.VariantKey),
            OutcomeEvent outcome => NameError(outcome, nameof(outcome.VariantKey), outcome.VariantKey)
                ?? NameError(outcome, nameof(outcome.AssignedVariantKey), outcome.AssignedVariantKey ?? outcome.VariantKey),
            AssignmentEvent assignment => NameError(assignment, nameof(assignment.NewVariantKey), assignment.NewVariantKey)
                ?? NameError(assignment, nameof(assignment.PreviousVariantKey), assignment.PreviousVariantKey is "" ? assignment.NewVariantKey : assignment.PreviousVariantKey),
            _ => null,
        };

    /// <summary>Code without nullable reference types can set required text to null, which destinations would store and no reader could read.</summary>
    private static string? NullText(DataPlaneEvent dataPlaneEvent) => dataPlaneEvent switch
    {
        ExposureEvent { SelectionReason: null } => NullText(dataPlaneEvent, nameof(ExposureEvent.SelectionReason)),
        OutcomeEvent { OutcomeName: null } => NullText(dataPlaneEvent, nameof(OutcomeEvent.OutcomeName)),
        AssignmentEvent { ChangeReason: null } => NullText(dataPlaneEvent, nameof(AssignmentEvent.ChangeReason)),
        AnalysisSignalEvent { Message: null } => NullText(dataPlaneEvent, nameof(AnalysisSignalEvent.Message)),
        ErrorEvent { Source: null } => NullText(dataPlaneEvent, nameof(ErrorEvent.Source)),
        ErrorEvent { Message: null } => NullText(dataPlaneEvent, nameof(ErrorEvent.Message)),
        _ => null,
    };

    private static string NullText(DataPlaneEvent dataPlaneEvent, string property) =>
        $"The {property} of an {dataPlaneEvent.GetType().Name} of experiment '{dataPlaneEvent.ExperimentName}' is null. It is required: set it, to an empty string if there is nothing to say.";

    private static string? NameError(DataPlaneEvent dataPlaneEvent, string property, string? name) => NameRules.Validate(name ?? "") is { } error
        ? $"The {property} '{PrintableText.Sanitize(name ?? "")}' of the {dataPlaneEvent.GetType().Name} {error}. Use the name under which it is registered."
        : null;

    /// <summary>Returns the event to keep instead of the application's.</summary>
    /// <param name="source">The application's event.</param>
    /// <param name="maxLength">The maximum number of characters in a string and of items in a collection.</param>
    public static DataPlaneEvent Capture(DataPlaneEvent source, int maxLength)
    {
        DataPlaneEvent captured = source switch
        {
            ExposureEvent { Attributes: null } exposure when AreParts(exposure.SubjectId, exposure.SubjectType, exposure.TenantId) => source,
            ExposureEvent exposure => exposure with
            {
                SubjectId = Part(exposure.SubjectId),
                SubjectType = Part(exposure.SubjectType),
                TenantId = Part(exposure.TenantId),
                Attributes = CapturedValues.Of(exposure.Attributes, maxLength),
            },
            AssignmentEvent assignment when AreParts(assignment.SubjectId, assignment.SubjectType, assignment.TenantId) => source,
            AssignmentEvent assignment => assignment with
            {
                SubjectId = Part(assignment.SubjectId),
                SubjectType = Part(assignment.SubjectType),
                TenantId = Part(assignment.TenantId),
            },
            OutcomeEvent outcome when AreParts(outcome.SubjectId, outcome.SubjectType, outcome.TenantId) => source,
            OutcomeEvent outcome => outcome with
            {
                SubjectId = Part(outcome.SubjectId),
                SubjectType = Part(outcome.SubjectType),
                TenantId = Part(outcome.TenantId),
            },
            MetricEvent { Attributes: null } metric when AreParts(metric.SubjectId, metric.SubjectType, metric.TenantId, metric.Unit, metric.IdempotencyKey) => source,
            MetricEvent metric => metric with
            {
                SubjectId = Part(metric.SubjectId),
                SubjectType = Part(metric.SubjectType),
                TenantId = Part(metric.TenantId),
                Unit = Part(metric.Unit),
                IdempotencyKey = Part(metric.IdempotencyKey),
                Attributes = CapturedValues.Of(metric.Attributes, maxLength),
            },
            AnalysisSignalEvent { Data: OwnData } => source,
            AnalysisSignalEvent signal => signal with { Data = CapturedValues.Of(signal.Data, maxLength) },
            ErrorEvent error => error with { Data = CapturedValues.Of(error.Data, maxLength) },
            _ => source,
        };
        return captured.UnknownValues is { } unknown ? captured with { UnknownValues = Copied(unknown) } : captured;
    }

    /// <summary>Returns the subject of a metric as it is published.</summary>
    public static Subject SubjectOf(MetricEvent metric) => new(Part(metric.SubjectId), Part(metric.SubjectType), Part(metric.TenantId));

    /// <summary>Returns an optional text as calls record it: of a subject's parts, empty means the same as null.</summary>
    private static string? Part(string? text) => string.IsNullOrEmpty(text) ? null : WellFormedText.Of(text);

    /// <summary>Whether an event can keep all of these texts as they are.</summary>
    private static bool AreParts(params ReadOnlySpan<string?> texts)
    {
        foreach (var text in texts)
        {
            if (!ReferenceEquals(text, Part(text)))
            {
                return false;
            }
        }

        return true;
    }

    private static IReadOnlyDictionary<string, string> Copied(IReadOnlyDictionary<string, string> values)
    {
        try
        {
            return new Dictionary<string, string>(values, StringComparer.Ordinal);
        }
        catch (Exception)
        {
            return values;
        }
    }
}
