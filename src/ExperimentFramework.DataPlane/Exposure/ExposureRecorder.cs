using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Whether an exposure is recorded, and the recording: category switch, then sampling by subject, then the repeat claim,
/// then the pipeline.
/// </summary>
internal sealed partial class ExposureRecorder : IEventForm
{
    private readonly string _experimentName;
    private readonly bool _isOn;
    private readonly CategorySwitch _exposures;
    private readonly CurrentSampling _sampling;
    private readonly RepeatMemory _repeats;
    private readonly AssignmentRecorder _changes;
    private readonly EventPublisher _publisher;
    private readonly DropLedger _drops;
    private readonly VariantTallies _sampledOut;
    private readonly FaultState _unknownSubject;
    private readonly TimeProvider _time;
    private readonly QuietLogger _logger;

    public ExposureRecorder(
        string experimentName,
        ExposureSettings settings,
        CurrentSampling sampling,
        RepeatMemory repeats,
        AssignmentRecorder changes,
        EventPublisher publisher,
        DropLedger drops,
        FaultState unknownSubject,
        TimeProvider time,
        ILogger<ExposureRecorder> logger)
    {
        _experimentName = experimentName;
        _sampling = sampling;
        _repeats = repeats;
        _changes = changes;
        _publisher = publisher;
        _drops = drops;
        _sampledOut = new VariantTallies(variant => drops.TallyOf(experimentName, variant.Key, DropReasons.SampledOut));
        _unknownSubject = unknownSubject;
        _time = time;
        _logger = QuietLogger.Of(logger);
        MaxAttributeLength = settings.MaxAttributeLength;
        Semantics = settings.Semantics;
        _isOn = settings.IsEnabled;
        _exposures = publisher.SwitchOf(DataPlaneEventType.Exposure);
    }

    public ExposureSemantics Semantics { get; }

    public bool IsEnabled => _isOn && _exposures.IsOn;

    /// <summary>How many characters of an attribute's text are kept.</summary>
    public int MaxAttributeLength { get; }

    /// <summary>The time, in ticks of UTC.</summary>
    public long Now => _time.GetUtcNow().UtcTicks;

    /// <summary>The event id of an exposure that was recorded.</summary>
    public Guid IdOf(long decidedAt, long number) => _publisher.IdOf(decidedAt, number);

    /// <summary>Whether an exposure of the subject may be published, as far as can be known before a variant has answered.</summary>
    public bool MayRecord(in Subject subject) => IsEnabled && _sampling.Value.IsRecorded(subject.Id);

    /// <summary>Tells the exposure of a decision that is served as it is, without attributes.</summary>
    /// <returns>What to wait for where callers wait for room.</returns>
    public Task? Expose(ServedSubjects servedSubjects, Decision decision, in Subject subject, RoomWait wait, CancellationToken cancellationToken)
    {
        if (!IsEnabled)
        {
            return null;
        }

        if (Semantics == ExposureSemantics.Explicit)
        {
            servedSubjects.Remember(new ServedSubjects.Served(subject, decision, decision.Variant, null));
            return null;
        }

        if (!TryAdmit(decision, decision.Variant, subject, out var claim))
        {
            return null;
        }

        var now = Now;
        return Record(decision, decision.Variant, subject, claim, now, now, null, wait, cancellationToken).Waiting;
    }

    /// <summary>Whether this exposure is one to publish. Where it is, <see cref="Record"/> has to follow.</summary>
    public bool TryAdmit(Decision assigned, Variant served, in Subject subject, out RepeatClaim claim)
    {
        claim = default;
        if (!IsEnabled)
        {
            return false;
        }

        if (subject.Id is null)
        {
            if (Semantics == ExposureSemantics.OnDecision && _sampling.Value.IncludesAll)
            {
                return true;
            }

            _drops.TallyOf(_experimentName, assigned.Variant.Key, DropReasons.NoSubject).Increment();
            if (_unknownSubject.Enter())
            {
                LogUnknownSubject(_experimentName);
            }

            return false;
        }

        if (!_sampling.Value.Includes(subject.Id))
        {
            _sampledOut.Of(assigned.Variant).Increment();
            return false;
        }

        var tellsRepeats = Semantics != ExposureSemantics.OnFirstUse;
        claim = _repeats.Claim(subject, assigned.Variant.Id, served.Id, tellsRepeats);
        if (!claim.IsRepeat)
        {
            _changes.Exposed(claim, subject, assigned);
        }

        return tellsRepeats || !claim.IsRepeat;
    }

    /// <summary>Records an admitted exposure; where no destination will have it, the claim is released.</summary>
    public Written Record(
        Decision assigned,
        Variant served,
        in Subject subject,
        in RepeatClaim claim,
        long decidedAt,
        long notedAt,
        AttributeSlot[]? attributes,
        RoomWait wait,
        CancellationToken cancellationToken)
    {
        if (_publisher.TryReserve() is { } producer)
        {
            Fill(ref producer.Reserved, assigned, served, subject, claim, decidedAt, notedAt, attributes);
            return new Written(producer.Commit());
        }

        EventRecord record = default;
        Fill(ref record, assigned, served, subject, claim, decidedAt, notedAt, attributes);
        var written = _publisher.Write(record, wait, cancellationToken);
        if (!written.IsTaken)
        {
            Release(claim);
        }
        else if (written.Waiting is { } waiting)
        {
            return written with { Waiting = ReleaseUnlessQueuedAsync(waiting, claim) };
        }

        return written;
    }

    DataPlaneEvent IEventForm.Make(in EventRecord record)
    {
        var assigned = (Decision)record.Content!;
        var served = (Variant?)record.Detail ?? assigned.Variant;
        var isFallback = served != assigned.Variant;
        return new ExposureEvent
        {
            ExperimentName = _experimentName,
            VariantKey = served.Key,
            AssignedVariantKey = isFallback ? assigned.Variant.Key : null,
            SubjectId = record.SubjectId,
            SubjectType = record.SubjectType,
            TenantId = record.TenantId,
            Timestamp = new DateTimeOffset(record.Timestamp, TimeSpan.Zero),
            SelectionReason = isFallback ? SelectionReasons.Fallback : assigned.Reason,
            RulePath = assigned.RulePath,
            AssignmentPolicy = assigned.Policy,
            AllocationVersion = assigned.AllocationVersion,
            IsRepeatExposure = record.IsRepeat,
            SamplingRate = _sampling.Value.Rate,
            VariantBuild = served.Build,
            Attributes = AttributeSlots.ToDictionary((AttributeSlot[]?)record.Attributes),
        };
    }

    void IEventForm.Drop(in EventRecord record, string reason) =>
        _drops.TallyOf(_experimentName, ((Decision)record.Content!).Variant.Key, reason).Increment();

    private void Fill(
        ref EventRecord record,
        Decision assigned,
        Variant served,
        in Subject subject,
        in RepeatClaim claim,
        long decidedAt,
        long notedAt,
        AttributeSlot[]? attributes)
    {
        record.Form = this;
        record.Content = assigned;
        record.SubjectId = subject.Id;
        record.Timestamp = decidedAt;
        record.NotedAt = notedAt;
        record.IsRepeat = claim.IsRepeat;
        if (served != assigned.Variant)
        {
            record.Detail = served;
        }

        if (subject.Type is not null)
        {
            record.SubjectType = subject.Type;
        }

        if (subject.TenantId is not null)
        {
            record.TenantId = subject.TenantId;
        }

        if (attributes is not null)
        {
            record.Attributes = attributes;
        }

        if (Activity.Current is { } activity)
        {
            record.Activity = activity;
        }
    }

    private async Task<bool> ReleaseUnlessQueuedAsync(Task<bool> waiting, RepeatClaim claim)
    {
        var isQueued = await waiting.ConfigureAwait(false);
        if (!isQueued)
        {
            Release(claim);
        }

        return isQueued;
    }

    private void Release(in RepeatClaim claim)
    {
        if (claim.IsClaimed)
        {
            _repeats.Release(claim);
        }
    }

    [LoggerMessage(50, LogLevel.Warning,
        "Experiment {Experiment} drops exposures, because the subject is unknown: tag a parameter with [ExposureSubject], or register an ISubjectIdentityProvider that knows it.")]
    private partial void LogUnknownSubject(string experiment);
}
