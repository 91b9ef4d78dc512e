namespace ExperimentFramework.DataPlane.OpenTelemetry;

/// <summary>
/// The names of attributes: those of the semantic conventions (version 1.44) if they define one, and names under <c>experiment</c> otherwise.
/// docs/reference/opentelemetry.md describes them.
/// </summary>
internal static class AttributeNames
{
    public static readonly AttributeName EventId = new("experiment.event.id");
    public static readonly AttributeName EventType = new("experiment.event.type");
    public static readonly AttributeName SchemaVersion = new("experiment.event.schema_version");
    public static readonly AttributeName Payload = new("experiment.event.payload");
    public static readonly AttributeName Experiment = new("experiment.name");
    public static readonly AttributeName Arm = new("experiment.arm");
    public static readonly AttributeName ServedVariant = new("experiment.variant.served");
    public static readonly AttributeName AssignedVariant = new("experiment.variant.assigned");
    public static readonly AttributeName VariantBuild = new("experiment.variant.build");
    public static readonly AttributeName PreviousVariant = new("experiment.variant.previous");
    public static readonly AttributeName NewVariant = new("experiment.variant.new");
    public static readonly AttributeName SubjectId = new("experiment.subject.id");
    public static readonly AttributeName SubjectType = new("experiment.subject.type");
    public static readonly AttributeName TenantId = new("experiment.tenant.id");
    public static readonly AttributeName SelectionReason = new("experiment.selection.reason");
    public static readonly AttributeName RulePath = new("experiment.selection.rule_path");
    public static readonly AttributeName AssignmentPolicy = new("experiment.assignment.policy");
    public static readonly AttributeName ChangeReason = new("experiment.assignment.change_reason");
    public static readonly AttributeName AllocationVersion = new("experiment.allocation.version");
    public static readonly AttributeName IsRepeatExposure = new("experiment.exposure.is_repeat");
    public static readonly AttributeName ExposureEventId = new("experiment.exposure.event_id");
    public static readonly AttributeName SamplingRate = new("experiment.sampling.rate");
    public static readonly AttributeName OutcomeKind = new("experiment.outcome.kind");
    public static readonly AttributeName OutcomeName = new("experiment.outcome.name");
    public static readonly AttributeName OutcomeResult = new("experiment.outcome.result");
    public static readonly AttributeName OutcomeDuration = new("experiment.outcome.duration");
    public static readonly AttributeName FailedAttemptDuration = new("experiment.outcome.failed_attempt_duration");
    public static readonly AttributeName OutcomeValue = new("experiment.outcome.value");
    public static readonly AttributeName MetricName = new("experiment.metric.name");
    public static readonly AttributeName MetricValue = new("experiment.metric.value");
    public static readonly AttributeName MetricUnit = new("experiment.metric.unit");
    public static readonly AttributeName IdempotencyKey = new("experiment.metric.idempotency_key");
    public static readonly AttributeName SignalType = new("experiment.signal.type");
    public static readonly AttributeName SignalSeverity = new("experiment.signal.severity");
    public static readonly AttributeName ErrorSource = new("experiment.error.source");
    public static readonly AttributeName ProducerId = new("experiment.account.producer_id");
    public static readonly AttributeName Destination = new("experiment.account.destination");
    public static readonly AttributeName SequenceNumber = new("experiment.account.sequence_number");
    public static readonly AttributeName IsLastAccount = new("experiment.account.is_last");
    public static readonly AttributeName CorrelationId = new("experiment.trace.id");
    public static readonly AttributeName SpanId = new("experiment.trace.span_id");

    /// <summary>The prefix for the names of an exposure's or metric's own attributes.</summary>
    public static readonly AttributeName Attributes = new("experiment.attributes.");

    /// <summary>The prefix for the names of a signal's or error's data.</summary>
    public static readonly AttributeName Data = new("experiment.data.");

    /// <summary>The prefix for the names of metadata.</summary>
    public static readonly AttributeName Metadata = new("experiment.metadata.");

    public static readonly AttributeName FlagKey = new("feature_flag.key");
    public static readonly AttributeName FlagVariant = new("feature_flag.result.variant");
    public static readonly AttributeName FlagReason = new("feature_flag.result.reason");
    public static readonly AttributeName FlagContextId = new("feature_flag.context.id");
    public static readonly AttributeName FlagProvider = new("feature_flag.provider.name");
    public static readonly AttributeName FlagSetId = new("feature_flag.set.id");
    public static readonly AttributeName FlagVersion = new("feature_flag.version");
    public static readonly AttributeName ErrorType = new("error.type");
}
