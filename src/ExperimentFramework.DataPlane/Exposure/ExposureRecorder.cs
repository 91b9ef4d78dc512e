using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Whether an exposure is recorded, and the recording: category switch, then sampling by subject, then the repeat claim,
/// then the pipeline.
/// </summary>
internal sealed partial class ExposureRecorder
{
    private readonly string _experimentName;
    private readonly SubjectSampling _sampling;
    private readonly RepeatMemory _repeats;
    private readonly EventPublisher _publisher;
    private readonly DropLedger _drops;
    private readonly FaultState _unknownSubject;
    private readonly QuietLogger _logger;

    public ExposureRecorder(
        string experimentName,
        ExposureSettings settings,
        SubjectSampling sampling,
        RepeatMemory repeats,
        EventPublisher publisher,
        DropLedger drops,
        FaultState unknownSubject,
        ILogger<ExposureRecorder> logger)
    {
        _experimentName = experimentName;
        _sampling = sampling;
        _repeats = repeats;
        _publisher = publisher;
        _drops = drops;
        _unknownSubject = unknownSubject;
        _logger = new QuietLogger(logger);
        Semantics = settings.Semantics;
        IsEnabled = settings.IsEnabled && publisher.IsEnabled(DataPlaneEventType.Exposure);
    }

    public ExposureSemantics Semantics { get; }

    public bool IsEnabled { get; }

    /// <summary>Whether an exposure of the subject may be published, as far as can be known before a variant has answered.</summary>
    public bool MayRecord(in Subject subject) => IsEnabled && (subject.Id is null ? _sampling.IncludesAll : _sampling.Includes(subject.Id));

    /// <summary>Whether this exposure is one to publish. Where it is, <see cref="Publish"/> has to follow.</summary>
    public bool TryAdmit(Decision assigned, Variant served, in Subject subject, out RepeatClaim claim)
    {
        claim = default;
        if (!IsEnabled)
        {
            return false;
        }

        if (subject.Id is null)
        {
            if (Semantics == ExposureSemantics.OnDecision && _sampling.IncludesAll)
            {
                return true;
            }

            _drops.Count(_experimentName, assigned.Variant.Key, DropReasons.NoSubject);
            if (_unknownSubject.Enter())
            {
                LogUnknownSubject(_experimentName);
            }

            return false;
        }

        if (!_sampling.Includes(subject.Id))
        {
            _drops.Count(_experimentName, assigned.Variant.Key, DropReasons.SampledOut);
            return false;
        }

        var tellsRepeats = Semantics != ExposureSemantics.OnFirstUse;
        claim = _repeats.Claim(subject, assigned.Variant.Id, served.Id, tellsRepeats);
        return tellsRepeats || !claim.IsRepeat;
    }

    /// <summary>Publishes an admitted exposure; where no destination takes it, the claim is released.</summary>
    /// <returns>The event's id; null where no destination took it.</returns>
    public Guid? Publish(
        Decision assigned,
        Variant served,
        in Subject subject,
        in RepeatClaim claim,
        DateTimeOffset decidedAt,
        IReadOnlyDictionary<string, object?>? attributes)
    {
        var isFallback = served != assigned.Variant;
        var id = _publisher.TryPublish(new ExposureEvent
        {
            ExperimentName = _experimentName,
            VariantKey = served.Key,
            AssignedVariantKey = isFallback ? assigned.Variant.Key : null,
            SubjectId = subject.Id,
            SubjectType = subject.Type,
            TenantId = subject.TenantId,
            Timestamp = decidedAt,
            SelectionReason = isFallback ? SelectionReasons.Fallback : assigned.Reason,
            RulePath = assigned.RulePath,
            AssignmentPolicy = assigned.Policy,
            AllocationVersion = assigned.AllocationVersion,
            IsRepeatExposure = claim.IsRepeat,
            SamplingRate = _sampling.Rate,
            VariantBuild = served.Build,
            Attributes = attributes,
        });
        if (id is null && subject.Id is not null)
        {
            _repeats.Release(claim);
        }

        return id;
    }

    [LoggerMessage(50, LogLevel.Warning,
        "Experiment {Experiment} drops exposures, because the subject is unknown: tag a parameter with [ExposureSubject], or register an ISubjectIdentityProvider that knows it.")]
    private partial void LogUnknownSubject(string experiment);
}
