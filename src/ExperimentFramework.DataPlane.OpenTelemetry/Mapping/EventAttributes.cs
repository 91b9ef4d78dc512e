namespace ExperimentFramework.DataPlane.OpenTelemetry;

/// <summary>The attributes of events, the same for both destinations.</summary>
/// <param name="flagSetId">The <c>feature_flag.set.id</c> of exposures; null for none.</param>
internal sealed class EventAttributes(string? flagSetId)
{
    /// <summary>The <c>feature_flag.provider.name</c> of exposures.</summary>
    public const string ProviderName = "ExperimentFramework.DataPlane";

    /// <summary>Returns the body of the record: the event's message; null if it has none.</summary>
    public static string? BodyOf(DataPlaneEvent payload) => payload switch
    {
        AnalysisSignalEvent signal => signal.Message,
        ErrorEvent error => error.Message,
        _ => null,
    };

    /// <summary>Passes all attributes of an event to a visitor.</summary>
    /// <param name="envelope">The event.</param>
    /// <param name="visitor">Receives the attributes.</param>
    /// <typeparam name="TVisitor">The type of the visitor.</typeparam>
    public void Visit<TVisitor>(DataPlaneEnvelope envelope, ref TVisitor visitor)
        where TVisitor : struct, IAttributeVisitor
    {
        visitor.Id(AttributeNames.EventId, envelope.EventId);
        visitor.Text(AttributeNames.EventType, envelope.Payload is UnknownEvent unknown ? unknown.EventTypeName : EventKey.NameOf(envelope.EventType));
        visitor.Text(AttributeNames.SchemaVersion, envelope.SchemaVersion);
        visitor.Text(AttributeNames.Experiment, envelope.Payload.ExperimentName);
        switch (envelope.Payload)
        {
            case ExposureEvent exposure:
                Exposure(exposure, ref visitor);
                break;
            case AssignmentEvent assignment:
                Assignment(assignment, ref visitor);
                break;
            case OutcomeEvent outcome:
                Outcome(outcome, ref visitor);
                break;
            case MetricEvent metric:
                Metric(metric, ref visitor);
                break;
            case AnalysisSignalEvent signal:
                visitor.Text(AttributeNames.SignalType, EnumText<AnalysisSignalType>.Of("signalType", signal.SignalType, signal.UnknownValues));
                visitor.Text(AttributeNames.SignalSeverity, EnumText<SignalSeverity>.Of("severity", signal.Severity, signal.UnknownValues));
                Values(AttributeNames.Data, signal.Data, ref visitor);
                break;
            case ErrorEvent error:
                visitor.Text(AttributeNames.ErrorSource, error.Source);
                Optional(AttributeNames.ErrorType, error.ErrorType, ref visitor);
                Values(AttributeNames.Data, error.Data, ref visitor);
                break;
            case AccountingEvent account:
                Account(envelope, account, ref visitor);
                break;
            case UnknownEvent other:
                visitor.Text(AttributeNames.Payload, other.Json);
                break;
        }

        Trace(envelope, ref visitor);
        if (envelope.Metadata is { } metadata)
        {
            foreach (var (name, value) in metadata)
            {
                visitor.Value(AttributeNames.Metadata, name, value);
            }
        }
    }

    private void Exposure<TVisitor>(ExposureEvent exposure, ref TVisitor visitor)
        where TVisitor : struct, IAttributeVisitor
    {
        var reason = EvaluationReasons.Of(exposure.SelectionReason);
        visitor.Text(AttributeNames.FlagKey, exposure.ExperimentName);
        visitor.Text(AttributeNames.FlagVariant, exposure.VariantKey);
        visitor.Text(AttributeNames.FlagReason, reason);
        visitor.Text(AttributeNames.FlagProvider, ProviderName);
        Optional(AttributeNames.FlagContextId, exposure.SubjectId, ref visitor);
        Optional(AttributeNames.FlagSetId, flagSetId, ref visitor);
        Optional(AttributeNames.FlagVersion, exposure.AllocationVersion, ref visitor);
        if (reason == EvaluationReasons.Error)
        {
            visitor.Text(AttributeNames.ErrorType, EvaluationReasons.GeneralError);
        }

        visitor.Text(AttributeNames.Arm, exposure.AssignedVariantKey ?? exposure.VariantKey);
        Optional(AttributeNames.AssignedVariant, exposure.AssignedVariantKey, ref visitor);
        Optional(AttributeNames.SubjectType, exposure.SubjectType, ref visitor);
        Optional(AttributeNames.TenantId, exposure.TenantId, ref visitor);
        visitor.Text(AttributeNames.SelectionReason, exposure.SelectionReason);
        Optional(AttributeNames.RulePath, exposure.RulePath, ref visitor);
        visitor.Text(AttributeNames.AssignmentPolicy, EnumText<AssignmentPolicy>.Of("assignmentPolicy", exposure.AssignmentPolicy, exposure.UnknownValues));
        visitor.Boolean(AttributeNames.IsRepeatExposure, exposure.IsRepeatExposure);
        visitor.Number(AttributeNames.SamplingRate, exposure.SamplingRate);
        if (exposure.VariantBuild is { } build)
        {
            visitor.Id(AttributeNames.VariantBuild, build);
        }

        Values(AttributeNames.Attributes, exposure.Attributes, ref visitor);
    }

    private static void Assignment<TVisitor>(AssignmentEvent assignment, ref TVisitor visitor)
        where TVisitor : struct, IAttributeVisitor
    {
        Subject(assignment.SubjectId, assignment.SubjectType, assignment.TenantId, ref visitor);
        visitor.Text(AttributeNames.PreviousVariant, assignment.PreviousVariantKey);
        visitor.Text(AttributeNames.NewVariant, assignment.NewVariantKey);
        visitor.Text(AttributeNames.ChangeReason, assignment.ChangeReason);
        visitor.Text(AttributeNames.AssignmentPolicy, EnumText<AssignmentPolicy>.Of("assignmentPolicy", assignment.AssignmentPolicy, assignment.UnknownValues));
    }

    private static void Outcome<TVisitor>(OutcomeEvent outcome, ref TVisitor visitor)
        where TVisitor : struct, IAttributeVisitor
    {
        visitor.Text(AttributeNames.ServedVariant, outcome.VariantKey);
        Optional(AttributeNames.AssignedVariant, outcome.AssignedVariantKey, ref visitor);
        visitor.Text(AttributeNames.Arm, outcome.AssignedVariantKey ?? outcome.VariantKey);
        Subject(outcome.SubjectId, outcome.SubjectType, outcome.TenantId, ref visitor);
        Optional(AttributeNames.AllocationVersion, outcome.AllocationVersion, ref visitor);
        visitor.Text(AttributeNames.OutcomeKind, EnumText<OutcomeKind>.Of("outcomeKind", outcome.OutcomeKind, outcome.UnknownValues));
        visitor.Text(AttributeNames.OutcomeName, outcome.OutcomeName);
        visitor.Text(AttributeNames.OutcomeResult, EnumText<OutcomeResult>.Of("result", outcome.Result, outcome.UnknownValues));
        Optional(AttributeNames.OutcomeDuration, outcome.Duration?.TotalSeconds, ref visitor);
        Optional(AttributeNames.FailedAttemptDuration, outcome.FailedAttemptDuration?.TotalSeconds, ref visitor);
        Optional(AttributeNames.ErrorType, outcome.ErrorType, ref visitor);
        Optional(AttributeNames.OutcomeValue, outcome.Value, ref visitor);
        if (outcome.ExposureEventId is { } exposure)
        {
            visitor.Id(AttributeNames.ExposureEventId, exposure);
        }
    }

    private static void Metric<TVisitor>(MetricEvent metric, ref TVisitor visitor)
        where TVisitor : struct, IAttributeVisitor
    {
        Subject(metric.SubjectId, metric.SubjectType, metric.TenantId, ref visitor);
        visitor.Text(AttributeNames.MetricName, metric.MetricName);
        visitor.Number(AttributeNames.MetricValue, metric.Value);
        Optional(AttributeNames.MetricUnit, metric.Unit, ref visitor);
        Optional(AttributeNames.IdempotencyKey, metric.IdempotencyKey, ref visitor);
        Values(AttributeNames.Attributes, metric.Attributes, ref visitor);
    }

    /// <summary>The counts of an account are lists of rows, for which no attribute type is supported by every receiver, so they are JSON.</summary>
    private static void Account<TVisitor>(DataPlaneEnvelope envelope, AccountingEvent account, ref TVisitor visitor)
        where TVisitor : struct, IAttributeVisitor
    {
        visitor.Text(AttributeNames.ProducerId, account.ProducerId);
        visitor.Text(AttributeNames.Destination, account.Destination);
        visitor.Integer(AttributeNames.SequenceNumber, account.SequenceNumber);
        visitor.Boolean(AttributeNames.IsLastAccount, account.IsLast);
        visitor.Text(AttributeNames.Payload, PayloadJson.Of(envelope));
    }

    private static void Subject<TVisitor>(string? id, string? type, string? tenant, ref TVisitor visitor)
        where TVisitor : struct, IAttributeVisitor
    {
        Optional(AttributeNames.SubjectId, id, ref visitor);
        Optional(AttributeNames.SubjectType, type, ref visitor);
        Optional(AttributeNames.TenantId, tenant, ref visitor);
    }

    /// <summary>Ids that are not those of a trace, because redaction has replaced them, are attributes.</summary>
    private static void Trace<TVisitor>(DataPlaneEnvelope envelope, ref TVisitor visitor)
        where TVisitor : struct, IAttributeVisitor
    {
        if (envelope.CorrelationId is { } correlation && !TraceContext.IsTraceId(correlation))
        {
            visitor.Text(AttributeNames.CorrelationId, correlation);
        }

        if (envelope.SpanId is { } span && !TraceContext.IsSpanIdOf(envelope, span))
        {
            visitor.Text(AttributeNames.SpanId, span);
        }
    }

    private static void Values<TVisitor>(AttributeName prefix, IReadOnlyDictionary<string, object?>? values, ref TVisitor visitor)
        where TVisitor : struct, IAttributeVisitor
    {
        if (values is null)
        {
            return;
        }

        foreach (var (name, value) in AttributesJson.Canonical(values, out _))
        {
            if (value is not null)
            {
                visitor.Value(prefix, name, AttributeValue.Of(value));
            }
        }
    }

    private static void Optional<TVisitor>(AttributeName name, string? value, ref TVisitor visitor)
        where TVisitor : struct, IAttributeVisitor
    {
        if (value is not null)
        {
            visitor.Text(name, value);
        }
    }

    private static void Optional<TVisitor>(AttributeName name, double? value, ref TVisitor visitor)
        where TVisitor : struct, IAttributeVisitor
    {
        if (value is { } number)
        {
            visitor.Number(name, number);
        }
    }
}
